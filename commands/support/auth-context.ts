import 'reflect-metadata';
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Config, ConfigModule, loadConfig } from '#libs/config';
import { DatabaseModule } from '#libs/database';
import { AuthModule } from '#modules/auth';

@Module({})
class AuthToolModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: AuthToolModule,
      imports: [ConfigModule.forRoot(config), DatabaseModule.forRoot('tool'), AuthModule],
    };
  }
}

/** Runs `work` with the services of auth, without any route or queue. Throws ConfigInvalid. */
export async function withAuth<T>(work: (app: INestApplicationContext) => Promise<T>): Promise<T> {
  const app = await NestFactory.createApplicationContext(AuthToolModule.forRoot(loadConfig(process.env)), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
