import 'reflect-metadata';
import { expect, it } from '@jest/globals';
import {
  Controller,
  Delete,
  Get,
  type NestInterceptor,
  Post,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import type { DiscoveryService } from '@nestjs/core';
import { Authenticated, Public } from '#libs/access';
import { IdempotencyAudit } from './idempotency-audit.js';
import {
  AcceptIdempotencyKey,
  IgnoreIdempotencyKey,
  RequireIdempotencyKey,
} from './idempotency-key.guard.js';

class Other implements NestInterceptor {
  intercept: NestInterceptor['intercept'] = (_, next) => next.handle();
}

@Controller()
class Sound {
  @Get()
  @Authenticated()
  read() {}

  @Post('a')
  @Public('for a test')
  open() {}

  @Post('b')
  @Authenticated()
  @RequireIdempotencyKey()
  @UseInterceptors(Other)
  create() {}

  @Post('c')
  @Authenticated()
  @AcceptIdempotencyKey()
  change() {}

  @Delete()
  @Authenticated()
  @IgnoreIdempotencyKey()
  remove() {}
}

@Controller()
class Silent {
  @Delete()
  @Authenticated()
  remove() {}
}

@Controller()
class Recognising {
  @Post()
  @Public('for a test', { recognise: true })
  create() {}
}

@Controller()
class InsideOut {
  @Post()
  @Authenticated()
  @UseInterceptors(Other)
  @AcceptIdempotencyKey()
  create() {}
}

function audit(controller: Type<object>): void {
  const discovery = { getControllers: () => [{ metatype: controller }] } as unknown as DiscoveryService;
  new IdempotencyAudit(discovery, new MetadataScanner()).onApplicationBootstrap();
}

it('A process starts when all routes that change something say what they do with a key', () => {
  expect(() => audit(Sound)).not.toThrow();
});

it('A process does not start with a route that says nothing', () => {
  expect(() => audit(Silent)).toThrow('Silent.remove: add @RequireIdempotencyKey()');
  expect(() => audit(Recognising)).toThrow('Recognising.create: add @RequireIdempotencyKey()');
});

it('A process does not start when another interceptor would run in the transaction of the key', () => {
  expect(() => audit(InsideOut)).toThrow('InsideOut.create: put the decorator of the Idempotency-Key above');
});
