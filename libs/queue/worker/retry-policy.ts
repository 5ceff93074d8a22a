import { databaseProblem, isConnectionLost, sqlState } from '#libs/database';
import { Problem } from '#libs/problem';
import { JobFailed, JobTimedOut } from '../outbox/job-problems.js';
import { StaleAttemptError } from '../operations/job-run.js';
import { RunAborted } from './running-jobs.js';

/** Milliseconds: the first wait, doubled at each try, and the longest one. */
const firstBackoff = 1000;
const longestBackoff = 3_600_000;

/** Kinds that another try may overcome. Every other kind says that the answer would be the same. */
const passing = new Set<Problem['kind']>(['unavailable', 'limited', 'internal', 'request-timeout']);

/** The server ended a transaction in which nothing happened for too long: its handler is to blame. */
const overslept = new Set(['25P03', '25P04']);

export type FailureAction =
  /** Nothing is left to do for this run. */
  | { kind: 'cancelled' }
  | { kind: 'lost' }
  /** The run was not to blame: give the job back as it was. */
  | { kind: 'hand-back' }
  /** `outage`: the database was away, so this run says nothing about the job. */
  | { kind: 'outage' | 'retry' | 'give-up'; problem: Problem };

/** What follows from what a run threw. */
export function classifyFailure(error: unknown): FailureAction {
  if (error instanceof StaleAttemptError) return { kind: 'lost' };
  if (error instanceof RunAborted) {
    if (error.reason === 'cancelled') return { kind: 'cancelled' };
    return error.reason === 'timed-out'
      ? { kind: 'retry', problem: new JobTimedOut() }
      : { kind: 'hand-back' };
  }
  const problem = error instanceof Problem ? error : (databaseProblem(error) ?? new JobFailed());
  if (isConnectionLost(error) && !overslept.has(sqlState(error) ?? '')) return { kind: 'outage', problem };
  return { kind: passing.has(problem.kind) ? 'retry' : 'give-up', problem };
}

/**
 * Whole milliseconds until the next try (BullMQ's column is a bigint): a random part of a wait that doubles (full jitter), so that jobs which
 * failed together do not come back together. Not before the problem's own Retry-After.
 */
export function backoff(failures: number, problem?: Problem): number {
  const longest = Math.min(longestBackoff, firstBackoff * 2 ** (failures - 1));
  const soonest = (problem?.options.retryAfter ?? 0) * 1000;
  return Math.round(Math.max(Math.random() * longest, soonest));
}
