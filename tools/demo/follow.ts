import { setTimeout as delay } from 'node:timers/promises';
import { type Client, dataOf, type Job, readEvents } from '#libs/client';

/** Milliseconds between two looks where events do not come through. */
const POLL_MS = 500;

/**
 * Waits for the end of a job and shows each of its changes to `seen`. Listens to its events; whenever that fails or
 * breaks off, looks at the job itself. Throws when the job takes longer than `withinMs`.
 */
export async function follow(
  client: Client,
  id: string,
  { withinMs = 60_000, seen = () => {} }: { withinMs?: number; seen?: (job: Job) => void } = {},
): Promise<Job> {
  const signal = AbortSignal.timeout(withinMs);
  for (;;) {
    for await (const job of changes(client, id, signal)) {
      seen(job);
      if (job.finished_at) return job;
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

async function* changes(client: Client, id: string, signal: AbortSignal): AsyncGenerator<Job> {
  const params = { path: { id } };
  const { data: events } = await client.GET('/v1/jobs/{id}/events', { params, parseAs: 'stream', signal });
  if (events) for await (const { data } of readEvents(events)) yield JSON.parse(data) as Job;
  yield dataOf(await client.GET('/v1/jobs/{id}', { params, signal }));
}
