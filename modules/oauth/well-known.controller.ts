import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { Public, serviceScopes } from '#libs/access';
import { Config } from '#libs/config';
import { addressesOf, assertionAlgorithms, KeySetView, ServerMetadataView } from './oauth.contract.js';
import { SigningKeysService } from './signing-keys.service.js';

/** Half as long as a new key is published before it signs (see SigningKeysService). */
const cached = 'public, max-age=300';

/** What others need to verify access tokens, and to ask for them. */
@ApiTags('services')
@Controller('.well-known')
export class WellKnownController {
  constructor(
    private readonly keys: SigningKeysService,
    private readonly config: Config,
  ) {}

  @Get('jwks.json')
  @Public('public keys')
  @Header('cache-control', cached)
  @ApiOperation({ operationId: 'getKeySet', summary: 'The public keys of access tokens (RFC 7517)' })
  @ZodResponse({ status: 200, type: KeySetView })
  async keySet() {
    return { keys: await this.keys.published() };
  }

  @Get('oauth-authorization-server')
  @Public('addresses and names that are no secret')
  @Header('cache-control', cached)
  @ApiOperation({ operationId: 'getServerMetadata', summary: 'How to get access tokens (RFC 8414)' })
  @ZodResponse({ status: 200, type: ServerMetadataView })
  metadata(): ServerMetadataView {
    const { issuer, tokenEndpoint, keySet } = addressesOf(this.config);
    return {
      issuer,
      token_endpoint: tokenEndpoint,
      jwks_uri: keySet,
      scopes_supported: [...serviceScopes],
      // Nobody is sent here to authorize anything.
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    };
  }
}
