import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpCode, Post, Res, StreamableFile } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import { loadConfig } from '#libs/config';
import { eventually } from '#libs/testing';
import { Consumes, HttpAdapter, ProblemFilter, timeouts } from './index.js';

/** Resolved long after the deadline of the handlers. */
const passed = Promise.withResolvers<void>();
const { promise: never, resolve: letGo } = Promise.withResolvers<void>();

@Controller()
class Slow {
  @Post('slow')
  @HttpCode(204)
  @RouteConfig({ handlerTimeoutMs: 100 })
  slow() {
    return never;
  }

  /** Reads the first bytes of a body and then no more. */
  @Post('upload')
  @HttpCode(204)
  @Consumes(['text/csv'], 1000)
  async upload(@Body() body: Readable) {
    const refusal = async () => {
      throw new Error('not what was expected');
    };
    await pipeline(body, refusal).catch(() => {});
    // The timer of this began after that of the body, so two looks at the body come before.
    await sleep(2 * timeouts.body);
  }

  @Get('long')
  @RouteConfig({ handlerTimeoutMs: 100 })
  long() {
    const parts = async function* () {
      yield 'first ';
      await passed.promise;
      yield 'last';
    };
    return new StreamableFile(Readable.from(parts()));
  }

  @Get('hanging')
  @RouteConfig({ handlerTimeoutMs: 100 })
  async hanging(@Res() reply: FastifyReply) {
    reply.raw.writeHead(200).write('first ');
    await never;
  }

  @Get('broken')
  broken(@Res() reply: FastifyReply) {
    reply.raw.writeHead(200).write('first ');
    throw new Error('a fault after the head');
  }
}

// The body below never comes.
timeouts.body = 100;

const failures: unknown[] = [];
const statuses: number[] = [];
let app: NestFastifyApplication;
let base: string;
let url: string;
beforeAll(async () => {
  const SECRET_KEYS = randomBytes(32).toString('base64url');
  const config = loadConfig({ DATABASE_URL: 'postgres://x/x', SECRET_KEYS });
  const providers = [{ provide: APP_FILTER, useClass: ProblemFilter }];
  const module = await Test.createTestingModule({ controllers: [Slow], providers }).compile();
  app = module.createNestApplication<NestFastifyApplication>(
    new HttpAdapter(config, {
      answered: (_, reply) => void statuses.push(reply.statusCode),
      failed: (error) => void failures.push(error),
    }),
  );
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
  url = `${base}/slow`;
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

  it('is all that is left of a body that the handler has stopped reading', async () => {
    const { promise: status, resolve, reject } = Promise.withResolvers<number | undefined>();
    const call = request(`${base}/upload`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', 'content-length': '10' },
    });
    call.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject);
    call.write('{');
    expect(await status).toBe(204);
    call.destroy();
  });

  it('ends when the answer begins: a download takes as long as its reader', async () => {
    const response = await fetch(`${base}/long`);
    const slow = await fetch(url, { method: 'POST', headers, body: '{}' });
    // Its deadline began after that of the download.
    expect(slow.status).toBe(503);
    passed.resolve();
    expect(await response.text()).toBe('first last');
  });

  it.each(['hanging', 'broken'])('breaks off an answer that has begun, when it is %s', async (path) => {
    statuses.splice(0);
    const response = await fetch(`${base}/${path}`);
    await expect(response.text()).rejects.toThrow('terminated');
    await eventually(async () => statuses.length > 0);
    expect({ statuses, failures }).toEqual({ statuses: [200], failures: [] });
  });
});
