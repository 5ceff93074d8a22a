import '@fastify/cookie'; // for its types: the methods on request and reply
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Injectable } from '@nestjs/common';
import { Config } from '#libs/config';
import type { Browser } from './sessions.service.js';

/** 32 bytes in base64url. Other values cannot be secrets of ours and are not looked up. */
const secretPattern = /^[\w-]{43}$/;

/**
 * `sid` is a session. `mfa` is a sign-in that waits for its second factor. `oidc_state` is a sign-in that is at an OpenID provider.
 * `passkey` is a browser that asked for options to sign in with a passkey.
 */
type CookieName = 'sid' | 'mfa' | 'oidc_state' | 'passkey';

/**
 * Reads and writes the cookies that carry a secret. `__Host-` binds them to this host over TLS (RFC 6265bis section 4.1.3.2);
 * only development over plain http omits it.
 */
@Injectable()
export class AuthCookies {
  readonly #isSecure: boolean;

  constructor(config: Config) {
    this.#isSecure = config.NODE_ENV === 'production' || config.PUBLIC_URL.startsWith('https:');
  }

  /** Returns the secret in the cookie, when it has the right form. */
  read(request: FastifyRequest, name: CookieName): string | undefined {
    const value = request.cookies[this.#nameOf(name)];
    return value !== undefined && secretPattern.test(value) ? value : undefined;
  }

  /** Returns what a new session takes over from the request. */
  browserOf(request: FastifyRequest): Browser {
    return { userAgent: request.headers['user-agent'], replaced: this.read(request, 'sid') };
  }

  /** Writes the cookie. `maxAge` is in seconds; without it the cookie ends with the browser. */
  write(reply: FastifyReply, name: CookieName, secret: string, maxAge?: number): void {
    void reply.setCookie(this.#nameOf(name), secret, {
      ...this.#attributes(),
      ...(maxAge !== undefined && { maxAge }),
    });
  }

  clear(reply: FastifyReply, name: CookieName): void {
    void reply.clearCookie(this.#nameOf(name), this.#attributes());
  }

  #nameOf(name: CookieName): string {
    return this.#isSecure ? `__Host-${name}` : name;
  }

  /** Lax and not Strict: the browser must send the cookie after a link in a mail and on the way back from a provider. */
  #attributes() {
    return { path: '/', httpOnly: true, secure: this.#isSecure, sameSite: 'lax' } as const;
  }
}
