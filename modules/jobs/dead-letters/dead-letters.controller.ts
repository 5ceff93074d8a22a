import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import {
  type ExpectedVersions,
  IfMatch,
  LocationHeader,
  RequireIfMatch,
  WithETag,
  WithoutContent,
} from '#libs/http';
import { AcceptIdempotencyKey, RequireIdempotencyKey } from '#libs/idempotency';
import { BatchesService } from './batches.service.js';
import {
  DeadLetterId,
  DeadLetterPageView,
  DeadLetterPatch,
  DeadLetterQuery,
  DeadLetterView,
  DiscardAllRequest,
  DiscardRequest,
  DiscardView,
  RedriveRequest,
  RedriveView,
} from './dead-letters.contract.js';
import { DeadLettersService } from './dead-letters.service.js';

@ApiTags('operators')
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly deadLetters: DeadLettersService,
    private readonly batches: BatchesService,
  ) {}

  @Get()
  @RequirePermission('jobs:read')
  @ApiOperation({ operationId: 'listDeadLetters', summary: 'Jobs that failed for good, the newest first' })
  @ZodResponse({ status: 200, type: DeadLetterPageView })
  list(@Query() query: DeadLetterQuery) {
    return this.deadLetters.list(query);
  }

  @Post('redrives')
  @RequirePermission('jobs:write')
  @RequireIdempotencyKey()
  @LocationHeader('/v1/jobs/{id}')
  @ApiOperation({
    operationId: 'redriveDeadLetters',
    summary: 'Enqueue the jobs of dead letters again, or count them (dry run)',
  })
  @ApiOkResponse({ description: 'Dry run: how many there are.', type: RedriveView.Output })
  @ZodResponse({ status: 202, type: RedriveView })
  async redrive(@Body() request: RedriveRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    if (request.dry_run) void reply.code(200);
    return this.batches.requestRedrive(request);
  }

  @Post('discards')
  @RequirePermission('jobs:write')
  @RequireIdempotencyKey()
  @LocationHeader('/v1/jobs/{id}')
  @ApiOperation({
    operationId: 'discardDeadLetters',
    summary: 'Discard all dead letters that match for good, or count them (dry run)',
  })
  @ApiOkResponse({ description: 'Dry run: how many there are.', type: DiscardView.Output })
  @ZodResponse({ status: 202, type: DiscardView })
  async discardAll(@Body() request: DiscardAllRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    if (request.dry_run) void reply.code(200);
    return this.batches.requestDiscard(request);
  }

  @Get(':id')
  @RequirePermission('jobs:read')
  @WithETag()
  @ApiOperation({ operationId: 'getDeadLetter', summary: 'One dead letter with its payload, secrets hidden' })
  @ZodResponse({ status: 200, type: DeadLetterView })
  get(@Param() { id }: DeadLetterId) {
    return this.deadLetters.get(id);
  }

  @Patch(':id')
  @RequirePermission('jobs:write')
  @AcceptIdempotencyKey()
  @WithETag()
  @RequireIfMatch()
  @ApiOperation({
    operationId: 'editDeadLetter',
    summary: 'Change the payload before the job is enqueued again',
  })
  @ZodResponse({ status: 200, type: DeadLetterView })
  edit(@Param() { id }: DeadLetterId, @Body() patch: DeadLetterPatch, @IfMatch() expected: ExpectedVersions) {
    return this.deadLetters.edit(id, patch, expected);
  }

  @Delete(':id')
  @RequirePermission('jobs:write')
  @AcceptIdempotencyKey()
  @RequireIfMatch()
  @WithoutContent(204)
  @ApiOperation({ operationId: 'discardDeadLetter', summary: 'Discard a job for good' })
  @ApiNoContentResponse()
  discard(
    @Param() { id }: DeadLetterId,
    @Query() { reason }: DiscardRequest,
    @IfMatch() expected: ExpectedVersions,
  ) {
    return this.deadLetters.discard(id, reason, expected);
  }
}
