import { databaseProblem, isServerFault, sqlState } from '#libs/database';
import { Problem } from '#libs/problem';
import { StaleAttemptError } from '../operations/job-run.js';
import { JobFailed, JobTimedOut } from '../outbox/job-problems.js';
import { AttemptAborted } from './running-jobs.js';

/** Milliseconds: the wait after the first failure, doubled at each further one, and the longest wait. */
const firstBackoff = 1000;
const longestBackoff = 3_600_000;

/** Kinds of problem that another attempt may overcome. Every other kind says that the answer would be the same. */
const passing = new Set<Problem['kind']>(['unavailable', 'limited', 'internal', 'request-timeout']);

/** The server ended a transaction in which nothing happened for too long: its handler is to blame. */
const idleTooLong = new Set(['25P03', '25P04']);

export type FailureAction =
  /** Nothing is left to do for this attempt. */
  | { kind: 'cancelled' }
  | { kind: 'stale' }
  /** The attempt was not to blame: the job goes back as it was. */
  | { kind: 'release' }
  /** `outage`: the database was away, or useless for everybody, so this attempt says nothing about the job. */
  | { kind: 'outage' | 'retry' | 'fail'; problem: Problem };

/** Decides what follows from the error of an attempt. */
export function classifyFailure(error: unknown): FailureAction {
  if (error instanceof StaleAttemptError) return { kind: 'stale' };
  if (error instanceof AttemptAborted) {
    if (error.reason === 'cancelled') return { kind: 'cancelled' };
    return error.reason === 'timed-out' ? { kind: 'retry', problem: new JobTimedOut() } : { kind: 'release' };
  }
  const problem = error instanceof Problem ? error : (databaseProblem(error) ?? new JobFailed());
  if (isServerFault(error) && !idleTooLong.has(sqlState(error) ?? '')) return { kind: 'outage', problem };
  return { kind: passing.has(problem.kind) ? 'retry' : 'fail', problem };
}

/**
 * Whole milliseconds until the next attempt (BullMQ's column is a bigint): a random part of a wait that doubles (full jitter), so that
 * jobs which failed together do not come back together. Not before the problem's own Retry-After.
 */
export function backoff(failures: number, problem?: Problem): number {
  const longest = Math.min(longestBackoff, firstBackoff * 2 ** (failures - 1));
  const soonest = (problem?.options.retryAfter ?? 0) * 1000;
  return Math.round(Math.max(Math.random() * longest, soonest));
}
