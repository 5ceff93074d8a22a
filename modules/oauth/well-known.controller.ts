import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { Public, serviceScopes } from '#libs/access';
import { Config } from '#libs/config';
import { addressesOf, assertionAlgorithms, KeySetView, ServerMetadataView } from './oauth.contract.js';
import { SigningKeysService } from './signing-keys.service.js';

/** Half as long as a new key is published before it signs (see SigningKeysService). */
const cached = 'public, max-age=300';

/** Publishes what other servers need to verify access tokens and to request them. */
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
  @ApiOperation({ operationId: 'getKeySet', summary: 'Get the public keys of access tokens (RFC 7517)' })
  @ZodResponse({ status: 200, type: KeySetView })
  async keySet() {
    return { keys: await this.keys.published() };
  }

  @Get('oauth-authorization-server')
  @Public('addresses and names that are not secret')
  @Header('cache-control', cached)
  @ApiOperation({
    operationId: 'getServerMetadata',
    summary: 'Get the metadata of the authorization server (RFC 8414)',
  })
  @ZodResponse({ status: 200, type: ServerMetadataView })
  metadata(): ServerMetadataView {
    const { issuer, tokenEndpoint, keySet } = addressesOf(this.config);
    return {
      issuer,
      token_endpoint: tokenEndpoint,
      jwks_uri: keySet,
      scopes_supported: [...serviceScopes],
      // There is no authorization endpoint.
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    };
  }
}
