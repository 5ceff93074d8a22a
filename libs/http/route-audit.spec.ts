import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
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
  @ServiceOnly('reports')
  d() {}

  /** Not a route, so nothing to say. */
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

const boot = async (...controllers: Type<object>[]) => {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    controllers,
    providers: [RouteAudit],
  }).compile();
  return module.get(RouteAudit).onApplicationBootstrap();
};

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

  it('are refused also when they are the proofs that a route asks for', () => {
    expect(() => {
      class Torn {
        @RequireSession()
        @RequireSudo()
        torn() {}
      }
      return Torn;
    }).toThrow('Torn.torn asks for two proofs');
  });
});
