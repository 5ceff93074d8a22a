import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { findPrincipal, Public } from '#libs/access';
import { Config } from '#libs/config';
import { ConsoleView } from './console.contract.js';

/** What the console must know before anybody is signed in. */
@ApiTags('operators')
@Controller('v1/console')
export class ConsoleController {
  constructor(private readonly config: Config) {}

  @Get()
  @Public('a sign-in page is for people who are not signed in', { recognise: true })
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'getConsole',
    summary: 'What the console offers here, and whether the caller is signed in',
  })
  @ZodResponse({ status: 200, type: ConsoleView })
  get() {
    const { APP_URL, PUBLIC_URL, SMTP_URL, NODE_ENV } = this.config;
    const principal = findPrincipal();
    return {
      is_signed_in: principal?.kind === 'user' && principal.session !== undefined,
      openid_returns: new URL(APP_URL).origin === new URL(PUBLIC_URL).origin,
      mailbox: !SMTP_URL && NODE_ENV !== 'production' ? '/dev/mail' : null,
    };
  }
}
