import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { Inject, Injectable, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule, ConfigService, type ConfigType, registerAs } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { Config, ConfigModule, loadConfig } from './index.js';

const configWith = (more: NodeJS.ProcessEnv = {}) =>
  loadConfig({
    DATABASE_URL: 'postgres://localhost/x',
    SECRET_KEYS: randomBytes(32).toString('base64url'),
    ...more,
  });

const invoicesConfig = registerAs('invoices', () => ({ dueDays: 30 }));

/** A feature that reads its settings in every possible way, as early as a provider can. */
@Injectable()
class InvoicesService {
  readonly read: unknown[];
  constructor(
    config: Config,
    service: ConfigService,
    @Inject(invoicesConfig.KEY) settings: ConfigType<typeof invoicesConfig>,
  ) {
    this.read = [
      config.PORT,
      service.get('environment.PORT'),
      settings.dueDays,
      service.get('invoices.dueDays'),
    ];
  }
}

@Module({ imports: [NestConfigModule.forFeature(invoicesConfig)], providers: [InvoicesService] })
class InvoicesModule {}

const start = (config: Config) =>
  Test.createTestingModule({ imports: [InvoicesModule, ConfigModule.forRoot(config)] }).compile();

it('gives a feature the environment and a namespace of its own, by token and by ConfigService', async () => {
  const module = await start(configWith({ PORT: '4000' }));
  expect(module.get(InvoicesService).read).toEqual([4000, 4000, 30, 30]);
});

it('gives each of two applications in one process its own', async () => {
  const modules = await Promise.all(['4000', '5000'].map((PORT) => start(configWith({ PORT }))));
  expect(modules.map((module) => module.get(InvoicesService).read[1])).toEqual([4000, 5000]);
});
