import type { FastifyRequest } from 'fastify';
import type { Usage } from '#libs/context';
import { startCpuShare } from '#libs/metrics';
import type { RequestUsage } from './http-metrics.js';

/** The media type of server-sent events, which a route produces for as long as its client listens. */
const eventStream = 'text/event-stream';

/** Measures what one request uses, from its turn on its connection to the end of its response. */
export class UsageMeter implements Usage {
  statements = 0;
  databaseSeconds = 0;
  readonly #socket;
  readonly #sentBefore;
  readonly #endShare;

  constructor(request: FastifyRequest) {
    this.#socket = request.raw.socket;
    this.#sentBefore = this.#socket.bytesWritten;
    // A stream is open for hours and works for milliseconds: with a part like everybody's it would get nearly all of the time.
    const isStream = request.routeOptions.config?.produces === eventStream;
    this.#endShare = isStream ? () => 0 : startCpuShare();
  }

  /** Ends the measurement. The socket may carry further requests. */
  end(): RequestUsage {
    return {
      statements: this.statements,
      databaseSeconds: this.databaseSeconds,
      cpuSeconds: this.#endShare(),
      sentBytes: this.#socket.bytesWritten - this.#sentBefore,
    };
  }
}
