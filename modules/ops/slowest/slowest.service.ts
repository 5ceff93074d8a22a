import { Injectable } from '@nestjs/common';
import { Config } from '#libs/config';
import { traceUrlOf } from '#libs/observability';
import { slowestRequests } from '../samples/sample.js';
import { periods, SampleReader } from '../samples/sample-reader.js';
import type { OpsSlowRequest, SlowestQuery } from './slowest.contract.js';

/** Requests of one answer. */
const maxRequests = 20;

/** Shows the slowest requests of all processes: each process names its own few of every ten seconds. */
@Injectable()
export class SlowestService {
  constructor(
    private readonly samples: SampleReader,
    private readonly config: Config,
  ) {}

  async list({ period, route }: SlowestQuery): Promise<OpsSlowRequest[]> {
    const { seconds, resolution } = periods[period];
    const samples = await this.samples.read({ metrics: [slowestRequests], seconds, resolution });
    return samples
      .flatMap(({ points }) => points[slowestRequests] ?? [])
      .filter(({ a }) => route === undefined || a[1] === route)
      .sort((x, y) => y.v - x.v)
      .slice(0, maxRequests)
      .map(({ a: [method = '', pattern = '', status, at = '', requestId = '', traceId], v }) => ({
        method,
        route: pattern,
        status: Number(status),
        seconds: v,
        at: new Date(at),
        request_id: requestId,
        trace_id: traceId || null,
        trace_url: traceUrlOf(traceId || null, this.config.TRACE_URL),
      }));
  }
}
