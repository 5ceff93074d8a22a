import { Readable } from 'node:stream';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { getPrincipal } from '#libs/access';
import { PeriodicTask } from '#libs/lifecycle';
import { type Job, jobView, TooManyStreams } from './jobs.contract.js';
import { OperationsService } from './operations.service.js';

/** Streams of this process; each holds a socket and some memory, and clients can poll instead. */
const maxStreams = 50;

/** Streams of one caller: as many as browser tabs that a person watches, and no more than a tenth of all. */
const maxStreamsEach = 5;

/** Milliseconds between two looks at the rows: one query for all streams of the process together. */
const pollEvery = 300;

/** Milliseconds. Proxies close a connection that says nothing for a minute; the first usual limit is 30 s. */
const commentEvery = 15_000;

/** Milliseconds that a browser waits before it connects again. */
const retry = 2000;

/** Bytes that a client may leave unread: a dozen events. A client that reads slower has to connect again. */
const maxUnread = 16 * 1024;

interface Watcher {
  id: string;
  principalId: string;
  /** The id of the event that was sent last. */
  seen: string | undefined;
  stream: Readable;
}

/**
 * Server-sent events (WHATWG HTML, section 9.2) about jobs: the view of a job as soon as the stream opens and
 * at each change, until the job is finished.
 */
@Injectable()
export class OperationEvents implements OnModuleInit, OnModuleDestroy {
  readonly #watchers = new Set<Watcher>();
  readonly #task = new PeriodicTask(OperationEvents.name, async () => {
    await this.#sendChanges();
    return this.#watchers.size > 0 ? pollEvery : Infinity;
  });
  #isClosed = false;

  constructor(private readonly operations: OperationsService) {}

  onModuleInit(): void {
    this.#task.start();
  }

  /**
   * The stream of one job. With the id of the last event that was received, nothing is sent until the job has
   * changed; when that event was the last of all, there is no stream. Throws {@link JobNotFound} before the stream begins,
   * and {@link TooManyStreams}.
   */
  async open(id: string, lastEventId: string | undefined): Promise<Readable | undefined> {
    const job = await this.operations.get(id);
    if (job.finished_at && versionOf(job) === lastEventId) return undefined;
    const principalId = getPrincipal().id;
    if (this.#isClosed || this.#watchers.size >= maxStreams || this.#countOf(principalId) >= maxStreamsEach)
      throw new TooManyStreams();
    const watcher: Watcher = { id, principalId, seen: lastEventId, stream: new Readable({ read: () => {} }) };
    const comments = setInterval(() => send(watcher, ':\n\n'), commentEvery);
    watcher.stream.once('close', () => {
      clearInterval(comments);
      this.#watchers.delete(watcher);
    });
    this.#watchers.add(watcher);
    send(watcher, `retry: ${retry}\n\n`);
    sendIfChanged(watcher, job);
    // With others, the next round is due soon.
    if (this.#watchers.size === 1) this.#task.wake();
    return watcher.stream;
  }

  /** Streams end when the process begins to stop: they would hold it until the end of the drain. */
  onModuleDestroy(): void {
    this.#isClosed = true;
    void this.#task.stop();
    for (const { stream } of this.#watchers) stream.push(null);
  }

  #countOf(principalId: string): number {
    return [...this.#watchers].filter((watcher) => watcher.principalId === principalId).length;
  }

  async #sendChanges(): Promise<void> {
    const watchers = [...this.#watchers].filter(({ stream }) => !stream.readableEnded);
    if (watchers.length === 0) return;
    const jobs = await this.operations.listWatched([...new Set(watchers.map(({ id }) => id))]);
    if (this.#isClosed) return;
    const byId = new Map(jobs.map((job) => [job.id, job]));
    for (const watcher of watchers) {
      const job = byId.get(watcher.id);
      if (job) sendIfChanged(watcher, job);
      else watcher.stream.push(null);
    }
  }
}

/** Sends the job when it differs from what was sent last, and ends the stream when there is nothing more to come. */
function sendIfChanged(watcher: Watcher, job: Job): void {
  const version = versionOf(job);
  if (version !== watcher.seen) {
    watcher.seen = version;
    send(watcher, `id: ${version}\nevent: job\ndata: ${JSON.stringify(z.encode(jobView, job))}\n\n`);
  }
  if (job.finished_at) watcher.stream.push(null);
}

/** The id of the event that shows this state of the job. */
function versionOf({ state, attempts, progress }: Job): string {
  return `${state}-${attempts}-${progress.done}-${progress.total ?? ''}`;
}

function send({ stream }: Watcher, text: string): void {
  if (stream.readableLength > maxUnread) stream.destroy();
  else stream.push(text);
}
