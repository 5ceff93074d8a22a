import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { loadConfig } from '#libs/config';
import { HttpAdapter, Deprecated, DeprecationGuard, ProblemFilter } from './index.js';

const link = 'https://example.com/moves';

@Controller()
class Old {
  @Get('leaving')
  @Deprecated({ since: '2026-01-01', sunset: '2999-01-01', link })
  leaving() {
    return {};
  }

  @Get('pages')
  @Deprecated({ since: '2026-01-01', sunset: '2999-01-01', link })
  list() {
    return { data: [], page: { next_cursor: 'c-1', has_more: true } };
  }

  @Get('left')
  @Deprecated({ since: '2025-01-01', sunset: '2026-01-01', link })
  left() {
    return {};
  }
}

let app: NestFastifyApplication;
beforeAll(async () => {
  const config = loadConfig({
    DATABASE_URL: 'postgres://x/x',
    SECRET_KEYS: randomBytes(32).toString('base64url'),
  });
  const module = await Test.createTestingModule({
    controllers: [Old],
    providers: [
      { provide: APP_GUARD, useClass: DeprecationGuard },
      { provide: APP_FILTER, useClass: ProblemFilter },
    ],
  }).compile();
  app = module.createNestApplication<NestFastifyApplication>(
    new HttpAdapter(config, { answered() {}, failed() {} }),
  );
  await app.init();
});
afterAll(() => app.close());

describe('a deprecated route', () => {
  it('works and says since when, until when, and where to read on', async () => {
    const { statusCode, headers } = await app.inject({ url: '/leaving' });
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      deprecation: '@1767225600',
      sunset: 'Tue, 01 Jan 2999 00:00:00 GMT',
      link: `<${link}>; rel="deprecation"; type="text/html"`,
    });
  });

  it('still leads to the next page of a list', async () => {
    const { headers } = await app.inject({ url: '/pages' });
    expect(String(headers.link).split(', ')).toEqual([
      expect.stringContaining(`<${link}>; rel="deprecation"`),
      expect.stringMatching(/\/pages\?cursor=c-1>; rel="next"$/),
    ]);
  });

  it('is gone after its sunset, and still says where to read on', async () => {
    const response = await app.inject({ url: '/left' });
    expect(response.statusCode).toBe(410);
    expect(response.json()).toMatchObject({ code: 'http.route-gone' });
    expect(response.headers.link).toContain(link);
  });

  it('cannot end before it is deprecated', () => {
    expect(() => Deprecated({ since: '2026-01-02', sunset: '2026-01-01', link })).toThrow('cannot end');
  });
});
