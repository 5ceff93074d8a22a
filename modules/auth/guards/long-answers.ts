import type { Readable } from 'node:stream';
import { Injectable, type OnModuleDestroy, type OnModuleInit, StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { covers, type Principal } from '#libs/access';
import { type HttpAdapter, timeouts } from '#libs/http';
import { PeriodicTask } from '#libs/lifecycle';

interface LongAnswer {
  stream: Readable;
  isEventStream: boolean;
  principal: Principal;
  authenticateAgain: () => Promise<Principal | undefined>;
}

/**
 * Asks again who the caller is while an answer streams, and ends the answer when the credential has ended or gives other
 * permissions than at the beginning. It looks at every streamed answer of a caller, so no route can leave it out.
 */
@Injectable()
export class LongAnswers implements OnModuleInit, OnModuleDestroy {
  readonly #answers = new Set<LongAnswer>();
  readonly #task = new PeriodicTask(LongAnswers.name, async () => {
    for (const answer of this.#answers) if (!(await isUnchanged(answer))) end(answer);
    return this.#answers.size > 0 ? timeouts.rights : Infinity;
  });

  constructor(private readonly host: HttpAdapterHost<HttpAdapter>) {}

  onModuleInit(): void {
    this.host.httpAdapter.watchStreams((answer, reply) => this.#began(answer, reply));
    this.#task.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.#task.stop();
  }

  #began(answer: StreamableFile, reply: FastifyReply): void {
    const { principal, authenticateAgain } = reply.request.work;
    if (!principal || !authenticateAgain) return;
    const isEventStream = answer.getHeaders().type.startsWith('text/event-stream');
    this.#watch({ stream: answer.getStream(), isEventStream, principal, authenticateAgain }, reply);
  }

  #watch(answer: LongAnswer, { raw }: FastifyReply): void {
    if (raw.closed) return;
    this.#answers.add(answer);
    raw.once('close', () => this.#answers.delete(answer));
    // With others, the next round is due soon.
    if (this.#answers.size === 1) this.#task.wake();
  }
}

/** A database that does not answer is no reason to end a stream: nothing can be read from it meanwhile, either. */
async function isUnchanged({ principal, authenticateAgain }: LongAnswer): Promise<boolean> {
  const { permissions } = principal;
  const now = await authenticateAgain();
  return now !== undefined && covers(now.permissions, permissions) && covers(permissions, now.permissions);
}

/**
 * Ends a stream of events, whose client connects again and is asked who it is. Everything else is cut off, so that nobody takes a
 * part for the whole, and so are events that the client does not read.
 */
function end({ stream, isEventStream }: LongAnswer): void {
  if (isEventStream && stream.readableLength === 0) stream.push(null);
  else stream.destroy();
}
