import { Controller, Get, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { SkipThrottle } from '@nestjs/throttler';
import { Public } from '#libs/access';
import { DevMailList, DevMailQuery } from './dev-mail.contract.js';
import { DevMailService } from './dev-mail.service.js';

@ApiExcludeController()
@SkipThrottle() // the limits are not what a developer polls it for
@Controller('dev/mail')
export class DevMailController {
  constructor(private readonly mailbox: DevMailService) {}

  @Get()
  @Public('development only: with an SMTP server, as production has, this route does not exist')
  @ZodResponse({ status: 200, type: DevMailList })
  list(@Query() query: DevMailQuery) {
    return this.mailbox.list(query);
  }
}
