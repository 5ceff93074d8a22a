import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { z } from 'zod';
import { getPrincipal } from '#libs/access';
import { jobView, type Job, TooManyStreams } from './jobs.contract.js';
import { OperationsService } from './operations.service.js';

/** Per process; each stream holds a socket and some memory, and clients can poll instead. */
const maxStreams = 50;

/** Of one caller: as many tabs as somebody watches, and no more than a tenth of what there is. */
const maxStreamsEach = 5;

/** Milliseconds between two looks at the rows: one query for all streams of the process together. */
const pollEvery = 300;

/** Milliseconds. Proxies close a connection that says nothing for a minute; the first usual limit is 30 s. */
const commentEvery = 15_000;

/** Milliseconds a browser waits before it connects again. */
const retry = 2000;

/** Bytes that a client may leave unread: a dozen events. One that reads slower has to connect again. */
const maxUnread = 16 * 1024;

interface Watcher {
  id: string;
  principalId: string;
  /** The id of the event that was sent last. */
  seen: string | undefined;
  stream: Readable;
}

const outside = AsyncLocalStorage.snapshot();

/**
 * Server-sent events (WHATWG HTML, section 9.2) about jobs: the view of a job as soon as the stream opens and
 * at each change, until the job is finished.
 */
@Injectable()
export class OperationEvents implements OnModuleDestroy {
  readonly #log = new Logger(OperationEvents.name);
  readonly #watchers = new Set<Watcher>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly operations: OperationsService) {}

  /**
   * The stream of one job. With the id of the last event that was received, nothing is sent until the job has
   * changed. Throws {@link JobNotFound} before the stream begins, and {@link TooManyStreams}.
   */
  async open(id: string, lastEventId: string | undefined): Promise<Readable> {
    const job = await this.operations.get(id);
    const principalId = getPrincipal().id;
    if (this.#closed || this.#watchers.size >= maxStreams || this.#countOf(principalId) >= maxStreamsEach)
      throw new TooManyStreams();
    const watcher: Watcher = { id, principalId, seen: lastEventId, stream: new Readable({ read: () => {} }) };
    const comments = setInterval(() => send(watcher, ':\n\n'), commentEvery);
    watcher.stream.once('close', () => {
      clearInterval(comments);
      this.#watchers.delete(watcher);
    });
    this.#watchers.add(watcher);
    send(watcher, `retry: ${retry}\n\n`);
    tell(watcher, job);
    this.#lookLater();
    return watcher.stream;
  }

  /** Streams end when the process begins to stop: they would hold it until the end of the drain. */
  onModuleDestroy(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { stream } of this.#watchers) stream.push(null);
  }

  #lookLater(): void {
    // Outside of any request: the look is for all streams and belongs to the trace of none.
    if (!this.#closed) this.#timer ??= outside(() => setTimeout(() => void this.#look(), pollEvery));
  }

  #countOf(principalId: string): number {
    return [...this.#watchers].filter((watcher) => watcher.principalId === principalId).length;
  }

  async #look(): Promise<void> {
    const watchers = [...this.#watchers].filter(({ stream }) => !stream.readableEnded);
    try {
      const jobs = await this.operations.listWatched([...new Set(watchers.map(({ id }) => id))]);
      const byId = new Map(jobs.map((job) => [job.id, job]));
      for (const watcher of watchers) {
        const job = byId.get(watcher.id);
        if (job) tell(watcher, job);
        else watcher.stream.push(null);
      }
    } catch {
      this.#log.warn('Jobs cannot be watched at the moment; the next look is in 300 ms.');
    }
    this.#timer = undefined;
    if (this.#watchers.size > 0) this.#lookLater();
  }
}

/** Sends the job when it differs from what was sent last, and ends the stream when there is nothing more to come. */
function tell(watcher: Watcher, job: Job): void {
  const version = `${job.state}-${job.attempts}-${job.progress.done}-${job.progress.total ?? ''}`;
  if (version !== watcher.seen) {
    watcher.seen = version;
    send(watcher, `id: ${version}\nevent: job\ndata: ${JSON.stringify(z.encode(jobView, job))}\n\n`);
  }
  if (job.finished_at) watcher.stream.push(null);
}

function send({ stream }: Watcher, text: string): void {
  if (stream.readableLength > maxUnread) stream.destroy();
  else stream.push(text);
}
