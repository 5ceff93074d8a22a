export { Config, ConfigInvalid, loadConfig, loadSecret, secretNames } from './config.js';
export { ConfigModule } from './config.module.js';
export { environment, type LogLevelName, logLevels } from './environment.js';
export { open, seal, type Seal } from './envelope.js';
export { type Key, Keyring } from './keyring.js';
export { misspelt } from './misspelt.js';
export { type OidcProvider } from './oidc-providers.js';
export { type Prices } from './prices.js';
