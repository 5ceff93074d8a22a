import type { FastifyRequest } from 'fastify';
import type { Problem } from '#libs/problem';
import { CallerQuota } from './caller-quota.js';
import { hasBody, isStreamed } from './content.js';
import { watchBody, watchHandler } from './deadlines.js';
import type { LoadShedder } from './load-shedder.js';
import { NetworkQuota } from './network-quota.js';
import { RequestTooSlow } from './problems.js';
import { callerKeyOf } from './request.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined until its turn on its connection. */
    exchange: Exchange | undefined;
  }
}

/** Bytes. A longer answer does not fit into what the kernel of a client usually takes at once, so it lasts as long as the client reads. */
const longAnswer = 64 * 1024;

/** Long answers. A page of the API description takes three at a time; 100 files in kernel buffers are some 200 MB. */
const longAnswerLimits = { perCaller: 20, perProcess: 100 };

/** Bodies that did not come with their head. Each may hold 64 KiB, so 1000 hold 64 MB for some seconds. */
const bodyLimits = { perNetwork: 100, inTotal: 1000 };

/** What the requests of a process share. */
export class Exchanges {
  readonly bodies = new NetworkQuota<Exchange>(bodyLimits);
  readonly longAnswers = new CallerQuota(longAnswerLimits);

  constructor(readonly load: LoadShedder) {}

  /** Ends the requests whose bodies are above the limits. */
  sweep(): void {
    for (const exchange of this.bodies.takeExcess()) exchange.giveUp();
  }
}

/**
 * A request and its answer (RFC 9110 section 3.4). It first arrives, is then worked on, and at last leaves; each of these has
 * limits of its own, and only work counts as work.
 */
export class Exchange {
  readonly #network: string;
  readonly #isUpload: boolean;
  #stopBodyWatch = () => {};
  #stopHandlerWatch = () => {};
  #isAnswered = false;
  #isClosed = false;
  /** The caller of a long answer that has not left yet. */
  #reader: string | undefined;

  constructor(
    private readonly shared: Exchanges,
    private readonly request: FastifyRequest,
    /** Answers in place of the handler. */
    private readonly late: (problem: Problem) => void,
  ) {
    this.#network = request.work.clientNetwork ?? 'unknown';
    this.#isUpload = isStreamed(request);
  }

  /** The head has arrived. Returns the refusal when there is too much work already. */
  begin(): Problem | undefined {
    const { request, shared } = this;
    const refusal = shared.load.refusalOf(request);
    if (refusal) return refusal;
    const isComplete = request.method === 'GET' || request.method === 'HEAD' || !hasBody(request);
    if (isComplete) return this.#work();
    this.#stopBodyWatch = watchBody(request, this.late);
    if (this.#isUpload) {
      // The handler reads the body, so it has begun long before it has work to do.
      this.#stopHandlerWatch = watchHandler(request, this.late);
      request.raw.once('end', () => {
        this.#stopBodyWatch();
        // Node reads the rest of a refused body after its answer.
        if (!this.#isAnswered) shared.load.begin(request);
      });
    } else shared.bodies.add(this.#network, this);
    return undefined;
  }

  /** The body has arrived, or begins to arrive at a handler that reads it. Returns the refusal when there is too much work. */
  arrived(): Problem | undefined {
    if (this.#isUpload || !this.shared.bodies.delete(this.#network, this)) return undefined;
    this.#stopBodyWatch();
    return this.shared.load.refusalOf(this.request) ?? this.#work();
  }

  /** The answer begins to leave. Returns the refusal of a long answer when its caller or the process sends too many. */
  answered(payload: unknown): Problem | undefined {
    this.#endWork();
    // The client may have gone while the handler worked: then nothing leaves, and nothing would give the place back.
    if (this.#isClosed || !isLong(payload) || this.#reader !== undefined) return undefined;
    const reader = callerKeyOf(this.request.work);
    const refusal = this.shared.longAnswers.refusalOf(reader);
    if (refusal) return refusal;
    this.shared.longAnswers.add(reader);
    this.#reader = reader;
    return undefined;
  }

  /** The answer has left, or the client has disconnected. */
  closed(): void {
    this.#isClosed = true;
    this.#endWork();
    if (this.#reader !== undefined) this.shared.longAnswers.delete(this.#reader);
    this.#reader = undefined;
  }

  /** Refuses a request whose body has been arriving for too long. */
  giveUp(): void {
    this.late(new RequestTooSlow());
  }

  #work(): undefined {
    this.shared.load.begin(this.request);
    this.#stopHandlerWatch = watchHandler(this.request, this.late);
  }

  #endWork(): void {
    this.#isAnswered = true;
    this.#stopBodyWatch();
    this.#stopHandlerWatch();
    this.shared.bodies.delete(this.#network, this);
    this.shared.load.end(this.request);
  }
}

/** Returns whether an answer lasts as long as its client reads: a stream, or much text. */
function isLong(payload: unknown): boolean {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return payload.length > longAnswer;
  return typeof payload === 'object' && payload !== null && 'pipe' in payload;
}
