import { Injectable } from '@nestjs/common';
import { Config } from '#libs/config';

/** Who passkeys are for: never taken from a request, so that no other site can stand in between. */
@Injectable()
export class RelyingParty {
  /** Passkeys belong to this domain for good: with another one they are gone. */
  readonly id: string;
  /** Shown when a passkey is made. */
  readonly name = 'Mainstay';
  /** Where the pages may live that ask for passkeys. */
  readonly origins: string[];

  constructor({ PASSKEY_DOMAIN, PUBLIC_URL, APP_URL }: Config) {
    this.id = PASSKEY_DOMAIN ?? new URL(APP_URL).hostname;
    this.origins = [...new Set([PUBLIC_URL, APP_URL].map((url) => new URL(url).origin))];
  }
}
