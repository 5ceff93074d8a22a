import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { loadConfig } from '#libs/config';
import { HttpAdapter, ProblemFilter } from './index.js';

const { promise: never, resolve: letGo } = Promise.withResolvers<void>();

@Controller()
class Slow {
  @Post('slow')
  @HttpCode(204)
  @RouteConfig({ handlerTimeoutMs: 100 })
  slow() {
    return never;
  }
}

let app: NestFastifyApplication;
let url: string;
beforeAll(async () => {
  const SECRET_KEYS = randomBytes(32).toString('base64url');
  const config = loadConfig({ DATABASE_URL: 'postgres://x/x', SECRET_KEYS });
  const providers = [{ provide: APP_FILTER, useClass: ProblemFilter }];
  const module = await Test.createTestingModule({ controllers: [Slow], providers }).compile();
  app = module.createNestApplication<NestFastifyApplication>(
    new HttpAdapter(config, { answered() {}, failed() {} }),
  );
  await app.listen(0, '127.0.0.1');
  url = `${await app.getUrl()}/slow`;
});
afterAll(() => {
  letGo();
  return app.close();
});

const headers = { 'content-type': 'application/json' };

describe('the deadline of a handler', () => {
  it('holds after its body has been read', async () => {
    const response = await fetch(url, { method: 'POST', headers, body: '{}' });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'http.deadline-exceeded' });
  });

  it('is the fault of the caller while the body is still coming', async () => {
    const { promise: status, resolve, reject } = Promise.withResolvers<number | undefined>();
    const call = request(url, { method: 'POST', headers: { ...headers, 'content-length': '10' } });
    call.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject);
    call.write('{');
    expect(await status).toBe(408);
    call.destroy();
  });
});
