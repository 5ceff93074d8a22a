import { Readable } from 'node:stream';
import {
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  Param,
  Query,
  StreamableFile,
} from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { Authenticated } from '#libs/access';
import { FileStore } from '#libs/files';
import { FinalResponse, LocationHeader, Produces } from '#libs/http';
import { AcceptIdempotencyKey } from '#libs/idempotency';
import { CancelRequest, JobId, JobView } from './jobs.contract.js';
import { OperationEvents } from './operation-events.js';
import { type JobResult, OperationsService } from './operations.service.js';

const anyContent = { content: { '*/*': { schema: { type: 'string', format: 'binary' } } } } as const;

@ApiTags('jobs')
@Controller('v1/jobs')
export class JobsController {
  constructor(
    private readonly operations: OperationsService,
    private readonly events: OperationEvents,
    private readonly files: FileStore,
  ) {}

  @Get(':id')
  @Authenticated({ services: 'jobs:read' })
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'getJob', summary: 'How far a job is, and how it ended' })
  @ZodResponse({ status: 200, type: JobView })
  get(@Param() { id }: JobId) {
    return this.operations.get(id);
  }

  @Get(':id/events')
  @Authenticated({ services: 'jobs:read' })
  @Header('cache-control', 'no-store')
  @Header('x-accel-buffering', 'no')
  @Produces('text/event-stream')
  @ApiOperation({ operationId: 'watchJob', summary: 'The job as server-sent events, until it is finished' })
  @ApiOkResponse({ description: 'The events.' })
  @ApiNoContentResponse({ description: 'The event of Last-Event-ID was the last one.' })
  async watch(@Param() { id }: JobId, @Headers('last-event-id') lastEventId?: string) {
    const events = await this.events.open(id, lastEventId);
    // An EventSource connects again after each end of a stream, until it gets 204 (WHATWG HTML section 9.2.3).
    if (!events) return new FinalResponse(204, {}, null);
    return new StreamableFile(events, { type: 'text/event-stream; charset=utf-8' });
  }

  @Get(':id/result')
  @Authenticated({ services: 'jobs:read' })
  @Header('cache-control', 'no-store')
  @Produces('*/*')
  @ApiOperation({
    operationId: 'getJobResult',
    summary: 'What a job that succeeded has made: JSON or a file',
  })
  @ApiOkResponse(anyContent)
  async result(@Param() { id }: JobId) {
    return this.#body(await this.operations.getResult(id));
  }

  @Delete(':id')
  @Authenticated()
  @AcceptIdempotencyKey()
  @HttpCode(202)
  @LocationHeader('/v1/jobs/{id}')
  @ApiOperation({ operationId: 'cancelJob', summary: 'Cancel a job that is waiting or running' })
  @ZodResponse({ status: 202, type: JobView })
  cancel(@Param() { id }: JobId, @Query() { reason }: CancelRequest) {
    return this.operations.cancel(id, reason);
  }

  #body(outcome: JobResult): StreamableFile {
    if ('result' in outcome) {
      return new StreamableFile(Buffer.from(JSON.stringify(outcome.result)), {
        type: 'application/json; charset=utf-8',
      });
    }
    const { id, mediaType, name, size } = outcome.file;
    return new StreamableFile(Readable.from(this.files.read(id)), {
      type: mediaType,
      length: size,
      disposition: `attachment${name ? `; filename*=UTF-8''${encodeURIComponent(name)}` : ''}`,
    });
  }
}
