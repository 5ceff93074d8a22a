import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule, registerAs } from '@nestjs/config';
import { Config } from './config.js';
import { Keyring } from './keyring.js';

/**
 * @nestjs/config carries the checked environment under the name `environment`; `Config` is the token for that same object.
 * Its own `validate` and `validationSchema` are not used: they would copy secrets that came from files into process.env.
 */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    const environment = registerAs('environment', () => config);
    const carrier = NestConfigModule.forRoot({
      isGlobal: true,
      cache: true,
      ignoreEnvFile: true,
      validatePredefined: false,
      // ConfigService answers with what has been checked, and with nothing else that the process inherited.
      skipProcessEnv: true,
      load: [environment],
    });
    return {
      module: ConfigModule,
      imports: [carrier],
      providers: [{ provide: Config, useExisting: environment.KEY }, Keyring],
      exports: [Config, Keyring],
    };
  }
}
