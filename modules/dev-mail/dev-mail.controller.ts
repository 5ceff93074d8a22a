import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { Public } from '#libs/access';
import { Config } from '#libs/config';
import { prefersPage, Produces } from '#libs/http';
import { DevMailQuery, listView } from './dev-mail.contract.js';
import { DevMailService } from './dev-mail.service.js';
import { mailboxResponse } from './mailbox-page.js';

@ApiExcludeController()
@SkipThrottle() // Developers and tests poll the mailbox, which the rate limits should not count.
@Controller('dev/mail')
export class DevMailController {
  constructor(
    private readonly mailbox: DevMailService,
    private readonly config: Config,
  ) {}

  /** People get a page, programs JSON. */
  @Get()
  @Public('development only: with an SMTP server, as production has, this route does not exist')
  @Produces('*/*')
  async list(@Query() query: DevMailQuery, @Req() request: FastifyRequest) {
    const mails = await this.mailbox.list(query);
    return prefersPage(request)
      ? mailboxResponse(this.config, mails, query.to)
      : listView.encode({ data: mails });
  }
}
