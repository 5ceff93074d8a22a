export { AccessTokensService } from './access-tokens.service.js';
export { OAuthHttpModule, OAuthModule, OAuthWorkerModule } from './oauth.module.js';
export { SigningKeysService } from './signing-keys.service.js';
