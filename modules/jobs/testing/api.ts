import { type CanActivate, type ExecutionContext, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { type Permission, permissions } from '#libs/access';
import { type Config, ConfigModule } from '#libs/config';
import { Database, DatabaseModule } from '#libs/database';
import { HttpAdapter, HttpModule, ProblemFilter, SchemaPipe } from '#libs/http';
import { giveTime } from '#libs/testing';
import { JobsHttpModule } from '../index.js';

/** In place of modules/auth, which jobs may not know: `x-user` says who it is, `x-may` what they may do. */
class StatedPrincipal implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const held = permissions.filter((name) => String(request.headers['x-may']).split(',').includes(name));
    request.work.principal = {
      kind: 'user',
      id: String(request.headers['x-user']),
      permissions: new Set<Permission>(held),
    };
    return true;
  }
}

/** The HTTP side of jobs on a port of its own. */
export async function startApi(config: Config): Promise<NestFastifyApplication> {
  @Module({
    imports: [ConfigModule.forRoot(config), DatabaseModule.forRoot('api'), HttpModule, JobsHttpModule],
    providers: [
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_GUARD, useClass: StatedPrincipal },
      { provide: APP_PIPE, useClass: SchemaPipe },
    ],
  })
  class ApiModule {}
  const adapter = new HttpAdapter(config, { answered: () => {}, failed: () => {} });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule, adapter, {
    logger: false,
    abortOnError: false,
  });
  giveTime(app.get(Database, { strict: false }).pool);
  await app.listen(0, '127.0.0.1');
  return app;
}
