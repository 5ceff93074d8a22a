import { z } from 'zod';
import { dataOf } from '#libs/client';
import { deadLetterFilter } from './reading-tools.js';
import { acts } from './tool.js';

const confirmation = {
  reason: z.string().min(3).max(500).describe('why; the audit log keeps it'),
  confirm: z.string().optional().describe('the token of the look before; without it nothing is changed'),
};

export const redrive = acts({
  name: 'redrive',
  does: 'Enqueues the jobs of all dead letters again that match. Without --confirm it only counts them.',
  input: z.strictObject({ ...deadLetterFilter, ...confirmation }),
  async preview(client, { queue, name, code, reason }) {
    const filter = { queue, name, code };
    const body = { filter, reason, dry_run: true, rate_per_second: 50 };
    const header = { 'Idempotency-Key': crypto.randomUUID() };
    const counted = dataOf(await client.POST('/v1/dead-letters/redrives', { params: { header }, body }));
    const page = await client.GET('/v1/dead-letters', { params: { query: { ...filter, limit: 10 } } });
    const newest = dataOf(page).data;
    const number = `${counted.matched}${counted.is_capped ? ' or more' : ''}`;
    return {
      // A dead letter that failed again is another one: the same count may stand for other work.
      seen: { matched: counted.matched, newest: newest.map(({ id }) => id) },
      sentence: `${number} dead letters would be enqueued again; the newest are listed.`,
      rows: newest.map(({ id, name: job, code: problem, died_at }) => ({ id, job, problem, died_at })),
    };
  },
  async act(client, { queue, name, code, reason }, { key }) {
    const data = dataOf(
      await client.POST('/v1/dead-letters/redrives', {
        params: { header: { 'Idempotency-Key': key } },
        body: { filter: { queue, name, code }, reason, dry_run: false, rate_per_second: 50 },
      }),
    );
    return {
      data: { changed: true, ...data },
      parts: [`${data.matched} dead letters are being enqueued again, by job ${data.id}.`],
    };
  },
});

export const cancel = acts({
  name: 'cancel',
  does: 'Cancels a job that waits or runs and that a client can watch. Without --confirm it only shows the job.',
  input: z.strictObject({ id: z.uuid().describe('id of the job'), ...confirmation }),
  positionals: ['id'],
  async preview(client, { id }) {
    const job = dataOf(await client.GET('/v1/jobs/{id}', { params: { path: { id } } }));
    const { type, state, attempts, progress } = job;
    const sentence = `${type} ${id} is ${state} (attempt ${attempts}, ${progress.done} done) and would be cancelled.`;
    return { seen: { state, attempts }, sentence };
  },
  async act(client, { id, reason }, { key }) {
    const params = { path: { id }, query: { reason }, header: { 'Idempotency-Key': key } };
    const data = dataOf(await client.DELETE('/v1/jobs/{id}', { params }));
    const how = data.state === 'cancelled' ? 'is cancelled' : 'is asked to stop, which takes two seconds';
    return { data: { changed: true, job: data }, parts: [`${data.type} ${id} ${how}.`] };
  },
});

export const setQueue = acts({
  name: 'set-queue',
  does: 'Pauses or resumes a queue in all workers. Without --confirm it only shows the queue.',
  input: z.strictObject({
    queue: z.string().max(100).describe('name of the queue'),
    state: z.enum(['paused', 'running']).describe('paused or running'),
    ...confirmation,
  }),
  positionals: ['queue', 'state'],
  async preview(client, { queue: name, state }) {
    const now = dataOf(await client.GET('/v1/queues/{name}/state', { params: { path: { name } } }));
    return {
      seen: { version: now.version },
      sentence: `The queue ${name} is ${now.state} and would be ${state}.`,
    };
  },
  async act(client, { queue: name, state, reason }, { preview, key }) {
    const { version } = preview.seen as { version: number };
    const data = dataOf(
      await client.PUT('/v1/queues/{name}/state', {
        params: { path: { name }, header: { 'If-Match': `"v${version}"`, 'Idempotency-Key': key } },
        body: { state, reason },
      }),
    );
    return { data: { changed: true, queue: data }, parts: [`The queue ${name} is ${data.state}.`] };
  },
});
