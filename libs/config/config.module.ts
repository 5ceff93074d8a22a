import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Config } from './config.js';
import { Keyring } from './keyring.js';

@Global()
@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      providers: [{ provide: Config, useValue: config }, Keyring],
      exports: [Config, Keyring],
    };
  }
}
