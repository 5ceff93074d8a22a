import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyInstance } from 'fastify';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import {
  Authenticated,
  Public,
  RequirePermission,
  RequireSession,
  RequireSudo,
  ServiceOnly,
} from '#libs/access';
import { loadConfig } from '#libs/config';
import { HttpAdapter } from './adapter.js';
import { RouteAudit } from './route-audit.js';

class Checked extends createZodDto(z.strictObject({ name: z.string() })) {}
class Unchecked {
  name = '';
}

@Controller()
class Closed {
  @Get('a')
  @Public('for a test')
  a() {}

  @Get('b')
  @Authenticated()
  b() {}

  @Post('c')
  @RequirePermission('users:write')
  c(@Body() body: Checked) {
    return body;
  }

  @Get('d')
  @ServiceOnly('clients:self')
  d() {}

  /** This method is no route, so the audit ignores it. */
  helper() {}
}

@Controller()
class WithoutRule {
  @Get()
  open() {}
}

@Controller()
class WithoutSchema {
  @Post()
  @Authenticated()
  create(@Body() body: Unchecked) {
    return body;
  }
}

const config = loadConfig({
  DATABASE_URL: 'postgres://x/x',
  SECRET_KEYS: randomBytes(32).toString('base64url'),
});

type Register = (server: FastifyInstance) => void;

/** Starts the app up to the point where the server would listen. */
const bootWith = async (register: Register, ...controllers: Type<object>[]) => {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    controllers,
    providers: [RouteAudit],
  }).compile();
  const adapter = new HttpAdapter(config, { answered() {}, failed() {} });
  register(adapter.getInstance());
  const app = module.createNestApplication<NestFastifyApplication>(adapter, { logger: false });
  try {
    await app.init();
    await adapter.getInstance().ready();
  } finally {
    await app.close();
  }
};
const boot = (...controllers: Type<object>[]) => bootWith(() => {}, ...controllers);

describe('the boot', () => {
  it('goes on when every route says who may enter and what it reads', async () => {
    await expect(boot(Closed)).resolves.toBeUndefined();
  });

  it('stops at a route without an access rule, and names it', async () => {
    await expect(boot(Closed, WithoutRule)).rejects.toThrow('WithoutRule.open has no access rule');
  });

  it('stops at an input that nothing checks', async () => {
    await expect(boot(WithoutSchema)).rejects.toThrow('WithoutSchema.create: parameter 1 has no Zod schema');
  });
});

describe('a route without a controller', () => {
  const handler = () => 'open';

  it('stops the boot, also when a plugin brings it', async () => {
    await expect(bootWith((server) => void server.get('/raw', handler), Closed)).rejects.toThrow(
      'GET /raw belongs to no controller',
    );
    const plugin: Register = (server) =>
      void server.register(async (scope) => void scope.post('/late/*', handler));
    await expect(bootWith(plugin, Closed)).rejects.toThrow('POST /late/* belongs to no controller');
  });

  it('is open when it says why', async () => {
    const register: Register = (server) =>
      void server.get('/raw', { config: { open: 'for a test' } }, handler);
    await expect(bootWith(register, Closed)).resolves.toBeUndefined();
  });
});

describe('two rules on one route', () => {
  it('are refused where they are written', () => {
    expect(() => {
      class Torn {
        @Public('for a test')
        @Authenticated()
        torn() {}
      }
      return Torn;
    }).toThrow('Torn.torn has two access rules');
  });

  it('are refused also when they are the proofs that a route requires', () => {
    expect(() => {
      class Torn {
        @RequireSession()
        @RequireSudo()
        torn() {}
      }
      return Torn;
    }).toThrow('Torn.torn requires two proofs');
  });
});
