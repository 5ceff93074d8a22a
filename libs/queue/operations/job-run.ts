import type { StageOptions } from '#libs/files';

export interface StepProgress {
  /** Where the next attempt goes on; any JSON. */
  checkpoint: unknown;
  done: number;
  total?: number;
}

/** An operation leaves its client JSON of at most 1 MiB, or a file that it has staged. */
export type JobOutcome = { result: unknown } | { fileId: string };

/** One attempt at one job, as its handler sees it. */
export interface JobRun<T> {
  /** The same in every attempt at the job: the base of keys for effects that must happen once. */
  id: string;
  data: T;
  /** 1 for the first attempt. */
  attempt: number;
  /** The principal who enqueued the job. */
  ownerId: string | undefined;
  /** Aborts on timeout, cancellation, shutdown and loss of the job to another worker. Pass it on, look at it in loops. */
  signal: AbortSignal;
  /** Returns the checkpoint of the last completed step, in this attempt or an earlier one. */
  checkpoint<C>(): C | undefined;
  /**
   * Does a part of an operation in one transaction with its checkpoint: after a crash the next attempt goes on
   * exactly there. Throws {@link StaleAttemptError} and undoes the part when the job was cancelled or another worker has it.
   */
  step<R>(work: () => Promise<R>, progress: StepProgress | ((result: R) => StepProgress)): Promise<R>;
  /**
   * Writes a file that becomes the result of an operation when its handler returns it. Its bytes count towards what the owner may have
   * stored while they are written; throws {@link ResultStorageFull} when that is too much.
   */
  stage(content: AsyncIterable<Uint8Array>, options: StageOptions): Promise<{ fileId: string }>;
  /** Shows how far an operation without steps is. It writes at most every 500 ms, so handlers may call it freely. */
  progress(done: number, total?: number): Promise<void>;
}

/** This attempt may not write any more: the job was cancelled, or another worker has it. Not a failure. */
export class StaleAttemptError extends Error {
  override readonly name = 'StaleAttemptError';
  constructor() {
    super('The job was cancelled, or another worker has it.');
  }
}
