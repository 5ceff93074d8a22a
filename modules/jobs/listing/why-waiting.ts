import type { JobPlace, JobRow } from '#libs/queue';
import type { QueueSummary } from '../queues/queues.contract.js';
import type { JobInspection } from './listing.contract.js';

export interface Situation {
  row: Pick<JobRow, 'state' | 'attempts' | 'is_operation'>;
  place: Pick<JobPlace, 'place' | 'partitionKey' | 'availableAt' | 'lastError' | 'ahead'> | undefined;
  queue: QueueSummary | undefined;
  /** Jobs of this name that one owner may have running. */
  limit: number | undefined;
  now: Date;
}

/** Milliseconds: workers count every five seconds, so three counts were missed. */
const silentAfter = 15_000;

/** Says in one sentence why a job waits. The first thing that holds it up is the reason: without it, it would go on. */
export function whyWaiting({
  row,
  place,
  queue,
  limit,
  now,
}: Situation): NonNullable<JobInspection['waiting']> {
  const measuredAt = queue?.counts.measured_at;
  if (!measuredAt || now.getTime() - measuredAt.getTime() > silentAfter)
    return {
      code: 'no-worker',
      sentence: measuredAt
        ? `No worker has reported since ${clock(measuredAt)}: start one, or look at its log.`
        : 'No worker has ever reported: start one.',
    };
  if (queue.state === 'paused')
    return {
      code: 'paused',
      sentence: `The queue ${queue.name} is paused; it goes on when somebody resumes it.`,
    };
  if (place?.place === 'outbox') return whyInOutbox(place, queue, limit, now);
  if (queue.max_running !== null && queue.counts.active >= queue.max_running)
    return {
      code: 'queue-limit',
      sentence: `The queue ${queue.name} runs as many jobs as its limit allows (${queue.max_running}).`,
    };
  if (row.attempts > 0)
    return {
      code: 'retry',
      sentence: `Attempt ${row.attempts} failed; the next one follows after a pause that grows with each attempt.`,
    };
  const ahead = queue.counts.waiting;
  return {
    code: 'turn',
    sentence:
      row.is_operation || ahead > 0
        ? `It waits for its turn in the queue ${queue.name}, where ${ahead} jobs wait and ${queue.counts.active} run.`
        : `The queue ${queue.name} has it: it runs, or will in a moment.`,
  };
}

function whyInOutbox(
  { partitionKey, availableAt, lastError, ahead }: NonNullable<Situation['place']>,
  queue: QueueSummary,
  limit: number | undefined,
  now: Date,
): NonNullable<JobInspection['waiting']> {
  if (lastError)
    return {
      code: 'refused',
      sentence: `The queue ${queue.name} refused it, and the relay tries again: ${lastError}`,
    };
  if (availableAt && availableAt > now)
    return { code: 'later', sentence: `It is due at ${clock(availableAt)} and not before.` };
  if (partitionKey?.startsWith('key:') && ahead > 0)
    return {
      code: 'order',
      sentence: 'It comes after an earlier job with the same ordering key, which is not done.',
    };
  if (partitionKey && ahead > 0)
    return {
      code: 'owner-limit',
      sentence:
        limit !== undefined && Number.isFinite(limit)
          ? `Its owner has ${ahead} jobs of this kind under way, and ${limit} may run at once.`
          : `Its owner has ${ahead} jobs under way, and others have their turn first.`,
    };
  return {
    code: 'turn',
    sentence: `The relay has yet to hand it to the queue ${queue.name}, with ${queue.outbox.backlog} others.`,
  };
}

const clock = (time: Date) => `${time.toISOString().slice(11, 19)} UTC`;
