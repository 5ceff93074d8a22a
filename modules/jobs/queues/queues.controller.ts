import { Body, Controller, Get, Header, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import { type ExpectedVersions, IfMatch, RequireIfMatch, WithETag } from '#libs/http';
import { AcceptIdempotencyKey } from '#libs/idempotency';
import {
  QueueControlView,
  QueueLimitChange,
  QueueListView,
  QueueName,
  QueueStateChange,
} from './queues.contract.js';
import { QueuesService } from './queues.service.js';

@ApiTags('operators')
@Controller('v1/queues')
export class QueuesController {
  constructor(private readonly queues: QueuesService) {}

  @Get()
  @RequirePermission('jobs:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'listQueues', summary: 'The queues: state, limit, and how much waits' })
  @ZodResponse({ status: 200, type: QueueListView })
  async list() {
    return { data: await this.queues.list() };
  }

  @Get(':name/state')
  @RequirePermission('jobs:read')
  @WithETag()
  @ApiOperation({ operationId: 'getQueueState', summary: 'What operators decided about a queue' })
  @ZodResponse({ status: 200, type: QueueControlView })
  getControl(@Param() { name }: QueueName) {
    return this.queues.getControl(name);
  }

  @Put(':name/state')
  @RequirePermission('jobs:write')
  @AcceptIdempotencyKey()
  @WithETag()
  @RequireIfMatch()
  @ApiOperation({
    operationId: 'setQueueState',
    summary: 'Pause or resume a queue, in every worker within 2 s',
  })
  @ZodResponse({ status: 200, type: QueueControlView })
  changeState(
    @Param() { name }: QueueName,
    @Body() change: QueueStateChange,
    @IfMatch() expected: ExpectedVersions,
  ) {
    return this.queues.changeState(name, change, expected);
  }

  @Put(':name/limit')
  @RequirePermission('jobs:write')
  @AcceptIdempotencyKey()
  @WithETag()
  @RequireIfMatch()
  @ApiOperation({ operationId: 'setQueueLimit', summary: 'Limit how many jobs of a queue run at once' })
  @ZodResponse({ status: 200, type: QueueControlView })
  changeLimit(
    @Param() { name }: QueueName,
    @Body() change: QueueLimitChange,
    @IfMatch() expected: ExpectedVersions,
  ) {
    return this.queues.changeLimit(name, change, expected);
  }
}
