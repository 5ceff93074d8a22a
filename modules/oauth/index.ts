export { AccessTokensService } from './access-tokens.service.js';
export { reportServiceChange, type ServiceReport } from './oauth.jobs.js';
export { OAuthHttpModule, OAuthModule, OAuthWorkerModule } from './oauth.module.js';
export { SigningKeysService } from './signing-keys.service.js';
