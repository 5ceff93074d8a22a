import { Controller, Get, Header, Headers, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '#libs/access';
import { FinalResponse, Produces } from '#libs/http';
import { collectMetrics, exposition, formatFor } from '#libs/metrics';
import { resourceOf } from '#libs/observability';
import { type OpsOptions, opsOptions } from '../ops-options.js';

@ApiTags('operators')
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(opsOptions) private readonly options: OpsOptions) {}

  @Get()
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @Produces('*/*')
  @ApiOperation({
    operationId: 'getMetrics',
    summary:
      'The metrics of this process, in the text format of Prometheus, or as OpenMetrics with the traces of single values for who accepts it',
  })
  async read(@Headers('accept') accept?: string) {
    const { contentType, body } = exposition(
      await collectMetrics(),
      formatFor(accept),
      resourceOf(this.options.app),
    );
    return new FinalResponse(
      200,
      { 'content-type': contentType, 'cache-control': 'no-store' },
      Buffer.from(body),
    );
  }
}
