import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule, registerAs } from '@nestjs/config';
import { Config } from './config.js';
import { Keyring } from './keyring.js';

/**
 * Provides the validated environment: @nestjs/config carries it under the name `environment`, and `Config` is the token of
 * the same object. The module's own `validate` and `validationSchema` are not used, because they would copy secrets that came
 * from files into process.env.
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
      // ConfigService returns only validated values, and no other variable that the process inherited.
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
