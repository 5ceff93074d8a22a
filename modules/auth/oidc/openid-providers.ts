import { Injectable } from '@nestjs/common';
import { Config } from '#libs/config';
import { OidcPassport } from './oidc-strategy.js';
import { ProviderNotFound } from './oidc.contract.js';
import { OpenidProvider } from './openid-provider.js';

/**
 * The configured providers. Their metadata are read with the first sign-in that needs them: a provider that is down stops no
 * start.
 */
@Injectable()
export class OpenidProviders {
  readonly #byName: Map<string, OpenidProvider>;

  constructor(config: Config) {
    const passport = new OidcPassport();
    this.#byName = new Map(
      config.OIDC_PROVIDERS.map((settings) => [
        settings.name,
        new OpenidProvider(settings, config, passport),
      ]),
    );
  }

  list(): OpenidProvider[] {
    return [...this.#byName.values()];
  }

  /** Throws {@link ProviderNotFound}. */
  get(name: string): OpenidProvider {
    const provider = this.#byName.get(name);
    if (!provider) throw new ProviderNotFound();
    return provider;
  }

  /** The provider of an identity, or nothing when it is no longer configured. */
  findByIssuer(issuer: string): OpenidProvider | undefined {
    return this.list().find(({ settings }) => settings.issuer === issuer);
  }
}
