import { Injectable } from '@nestjs/common';
import { Config } from '#libs/config';

/** The site that passkeys are for. It never depends on a request, so that no other site can stand between. */
@Injectable()
export class RelyingParty {
  /** The domain of the passkeys. All passkeys become useless when it changes. */
  readonly id: string;
  /** The name that the browser shows when a user makes a passkey. */
  readonly name = 'Mainstay';
  /** The origins of the pages that may ask for passkeys. */
  readonly origins: readonly string[];

  constructor({ PASSKEY_DOMAIN, APP_URL, ALLOWED_ORIGINS }: Config) {
    this.id = PASSKEY_DOMAIN ?? new URL(APP_URL).hostname;
    this.origins = ALLOWED_ORIGINS;
  }
}
