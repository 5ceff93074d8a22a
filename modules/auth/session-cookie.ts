import '@fastify/cookie'; // its types: the methods on request and reply
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Injectable } from '@nestjs/common';
import { Config } from '#libs/config';

/** 32 bytes in base64url; anything else cannot be a session and is not looked up. */
const secretPattern = /^[\w-]{43}$/;

/**
 * The cookie that carries a session. `__Host-` binds it to this host over TLS (RFC 6265bis section 4.1.3.2); only
 * development over plain http does without.
 */
@Injectable()
export class SessionCookie {
  readonly #secure: boolean;
  readonly #name: string;

  constructor(config: Config) {
    this.#secure = config.NODE_ENV === 'production' || config.PUBLIC_URL.startsWith('https:');
    this.#name = this.#secure ? '__Host-sid' : 'sid';
  }

  /** The secret in the cookie, when there is one of the right form. */
  read(request: FastifyRequest): string | undefined {
    const value = request.cookies[this.#name];
    return value !== undefined && secretPattern.test(value) ? value : undefined;
  }

  write(reply: FastifyReply, secret: string): void {
    void reply.setCookie(this.#name, secret, this.#attributes());
  }

  clear(reply: FastifyReply): void {
    void reply
      .clearCookie(this.#name, this.#attributes())
      .header('clear-site-data', '"cache", "cookies", "storage"');
  }

  /** Lax and not Strict: a link in a mail must find the person signed in. No Max-Age: it ends with the browser. */
  #attributes() {
    return { path: '/', httpOnly: true, secure: this.#secure, sameSite: 'lax' } as const;
  }
}
