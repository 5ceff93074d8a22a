import { Controller, Get, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { SkipThrottle } from '@nestjs/throttler';
import { Public } from '#libs/access';
import { DevMailListView, DevMailQuery } from './dev-mail.contract.js';
import { DevMailService } from './dev-mail.service.js';

@ApiExcludeController()
@SkipThrottle() // Developers and tests poll the mailbox, which the rate limits should not count.
@Controller('dev/mail')
export class DevMailController {
  constructor(private readonly mailbox: DevMailService) {}

  @Get()
  @Public('development only: with an SMTP server, as production has, this route does not exist')
  @ZodResponse({ status: 200, type: DevMailListView })
  list(@Query() query: DevMailQuery) {
    return this.mailbox.list(query);
  }
}
