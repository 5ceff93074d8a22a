import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Controller, Get, StreamableFile } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { loadConfig } from '#libs/config';
import { startCpuShare } from '#libs/metrics';
import { eventually, TestMeter } from '#libs/testing';
import { HttpAdapter, Produces } from './index.js';

const begun = Promise.withResolvers<void>();
const released = Promise.withResolvers<void>();

@Controller()
class Sample {
  @Get('large')
  large() {
    return 'x'.repeat(10_000);
  }

  @Get('small')
  small() {
    return 'x';
  }

  @Get('waiting')
  waiting() {
    begun.resolve();
    return released.promise;
  }

  @Get('events')
  @Produces('text/event-stream')
  events() {
    const events = async function* () {
      yield ':\n\n';
      await released.promise;
    };
    return new StreamableFile(Readable.from(events()), { type: 'text/event-stream' });
  }
}

let meter: TestMeter;
let app: NestFastifyApplication;
let port: number;
let answered = 0;
beforeAll(async () => {
  meter = TestMeter.install();
  const SECRET_KEYS = randomBytes(32).toString('base64url');
  const config = loadConfig({ DATABASE_URL: 'postgres://x/x', SECRET_KEYS });
  const module = await Test.createTestingModule({ controllers: [Sample] }).compile();
  const events = { answered: () => void (answered += 1), failed: () => {} };
  app = module.createNestApplication<NestFastifyApplication>(new HttpAdapter(config, events));
  await app.listen(0, '127.0.0.1');
  ({ port } = app.getHttpServer().address() as AddressInfo);
});
afterAll(async () => {
  released.resolve();
  await app.close();
  meter.uninstall();
});

/** Sends requests on one connection, without waiting for answers in between. */
function send(...paths: string[]) {
  const socket = connect(port, '127.0.0.1');
  const last = paths.length - 1;
  const heads = paths.map((path, index) =>
    [`GET ${path} HTTP/1.1`, 'Host: x', ...(index === last ? ['Connection: close'] : []), '', ''].join(
      '\r\n',
    ),
  );
  socket.write(heads.join(''));
  return socket;
}

/** The part of 50 ms of CPU that work gets which should be alone: 1 is all of it, a half that of two. */
function partOfOne(): number {
  const end = startCpuShare();
  const start = process.cpuUsage();
  let used = 0;
  while (used < 0.05) {
    const { user, system } = process.cpuUsage(start);
    used = (user + system) / 1e6;
  }
  return end() / used;
}

const sentBy = (route: string) => meter.total('http.server.sent', { 'http.route': route });

it('the bytes of an answer are its own, whatever was sent before it on its connection', async () => {
  expect(await text(send('/large', '/small'))).toContain('x'.repeat(10_000));
  await eventually(async () => answered === 2);
  expect(sentBy('/large')).toBeGreaterThan(10_000);
  expect(sentBy('/small')).toBeGreaterThan(0);
  expect(sentBy('/small')).toBeLessThan(10_000);
});

it('a request whose client leaves before its turn takes no part of the CPU from others', async () => {
  answered = 0;
  const socket = send('/waiting', '/small');
  await begun.promise;
  socket.destroy();
  await eventually(async () => answered === 1);
  expect(partOfOne()).toBeGreaterThan(0.99);
});

it('a stream of events takes no part of the CPU, however long it lasts', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/events`);
  const partWithStream = partOfOne();
  released.resolve();
  await response.text();
  expect(partWithStream).toBeGreaterThan(0.99);
});
