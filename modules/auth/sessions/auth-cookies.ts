import '@fastify/cookie'; // its types: the methods on request and reply
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Injectable } from '@nestjs/common';
import { Config } from '#libs/config';
import type { Browser } from './sessions.service.js';

/** 32 bytes in base64url; anything else cannot be a secret of ours and is not looked up. */
const secretPattern = /^[\w-]{43}$/;

/**
 * `sid`: a session. `mfa`: a sign-in that waits for its second factor. `oidc_state`: a browser that is at an OpenID provider.
 * `passkey`: a browser that asked for options to sign in with one.
 */
type CookieName = 'sid' | 'mfa' | 'oidc_state' | 'passkey';

/**
 * Cookies that carry a secret. `__Host-` binds them to this host over TLS (RFC 6265bis section 4.1.3.2); only
 * development over plain http does without.
 */
@Injectable()
export class AuthCookies {
  readonly #isSecure: boolean;

  constructor(config: Config) {
    this.#isSecure = config.NODE_ENV === 'production' || config.PUBLIC_URL.startsWith('https:');
  }

  /** The secret in the cookie, when there is one of the right form. */
  read(request: FastifyRequest, name: CookieName): string | undefined {
    const value = request.cookies[this.#nameOf(name)];
    return value !== undefined && secretPattern.test(value) ? value : undefined;
  }

  /** What a session that begins now takes over from the request. */
  browserOf(request: FastifyRequest): Browser {
    return { userAgent: request.headers['user-agent'], replaced: this.read(request, 'sid') };
  }

  /** Without `maxAge` (seconds) it ends with the browser. */
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

  /** Lax and not Strict: a link in a mail, or the way back from a provider, must find the person. */
  #attributes() {
    return { path: '/', httpOnly: true, secure: this.#isSecure, sameSite: 'lax' } as const;
  }
}
