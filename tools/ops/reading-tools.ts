import { z } from 'zod';
import { dataOf } from '#libs/client';
import { reads } from './tool.js';

const period = z
  .enum(['15m', '1h', '6h', '24h', '7d'])
  .default('1h')
  .describe('15m, 1h, 6h, 24h or 7d; 1h by default');
const limit = z.coerce.number().int().min(1).max(100).default(20).describe('rows at most, 20 by default');
const text = (does: string) => z.string().max(200).optional().describe(does);

export const overview = reads({
  name: 'overview',
  does: 'Whether all is well and since when, the figures of the last minute, the processes.',
  input: z.strictObject({}),
  async run(client) {
    const data = dataOf(await client.GET('/v1/ops/overview'));
    return {
      data,
      parts: [
        `${data.status}: ${data.verdict}${data.since ? ` (since ${data.since})` : ''}`,
        data.cards.map(({ title, value, unit, state }) => ({ figure: title, value, unit, state })),
        data.instances.map(({ app, state, version, host, pid, log_level, started_at }) => ({
          app,
          state,
          version,
          host,
          pid,
          log_level,
          started_at,
        })),
      ],
    };
  },
});

export const routes = reads({
  name: 'routes',
  does: 'What each route did in a period, the slowest first: requests, latency in seconds, errors, database time.',
  input: z.strictObject({ period }),
  async run(client, query) {
    const { data } = dataOf(await client.GET('/v1/ops/routes', { params: { query } }));
    data.sort((a, b) => (b.duration.p99 ?? 0) - (a.duration.p99 ?? 0));
    const rows = data.map(({ method, route, requests, duration, client_errors, server_errors, cost }) => ({
      route: `${method} ${route}`,
      requests,
      p50: duration.p50,
      p95: duration.p95,
      p99: duration.p99,
      '4xx': client_errors,
      '5xx': server_errors,
      database_seconds: cost.database_seconds,
    }));
    return { data, parts: [rows] };
  },
});

export const errors = reads({
  name: 'errors',
  does: 'Failures of requests and jobs by their cause, those that were met last first, with the last trace.',
  input: z.strictObject({
    source: z.enum(['request', 'job']).optional().describe('request or job'),
    name: text('pattern of the route or name of the job'),
    limit,
  }),
  async run(client, query) {
    const { data } = dataOf(await client.GET('/v1/ops/errors', { params: { query } }));
    const rows = data.map((group) => ({
      where: group.name,
      code: group.code,
      count: group.count,
      users: group.users,
      last_seen_at: group.last_seen_at,
      last_trace_id: group.last_trace_id,
    }));
    return { data, parts: [rows] };
  },
});

export const jobs = reads({
  name: 'jobs',
  does: 'Jobs of everybody, the newest first, by name, queue, state, owner, or a part of the text of their error.',
  input: z.strictObject({
    name: text('for example users.export'),
    queue: text('only of this queue'),
    state: z
      .enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'dispatched'])
      .optional()
      .describe('queued, dispatched, running, succeeded, failed or cancelled'),
    owner: z.uuid().optional().describe('id of the user who enqueued it'),
    text: text('a part of the code or detail of the problem'),
    cursor: z.string().optional().describe('goes on behind an earlier answer'),
    limit,
  }),
  async run(client, query) {
    const data = dataOf(await client.GET('/v1/jobs', { params: { query } }));
    const rows = data.data.map(({ id, type, state, attempts, created_at, error }) => ({
      id,
      type,
      state,
      attempts,
      created_at,
      error: error?.detail ?? error?.code,
    }));
    const { next_cursor: next } = data.page;
    const looked = `Looked at ${data.search.searched} of about ${data.search.of} jobs.`;
    return { data, parts: [rows, looked, ...(next ? [`Further: --cursor ${next}`] : [])] };
  },
});

export const job = reads({
  name: 'job',
  does: 'One job: state, attempts, error, why it waits, its payload with secrets hidden, its request and trace.',
  input: z.strictObject({ id: z.uuid().describe('id of the job') }),
  positionals: ['id'],
  async run(client, path) {
    const data = dataOf(await client.GET('/v1/job-inspections/{id}', { params: { path } }));
    const rows = Object.entries(data).map(([field, value]) => ({
      field,
      value: typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
    }));
    return { data, parts: [rows] };
  },
});

export const deadLetterFilter = {
  queue: text('only of this queue'),
  name: text('only of this job, for example users.export'),
  code: text('only with this problem, for example jobs.failed'),
};

export const deadLetters = reads({
  name: 'dead-letters',
  does: 'Jobs that failed for good and wait for an operator, the newest first.',
  input: z.strictObject({ ...deadLetterFilter, limit }),
  async run(client, query) {
    const data = dataOf(await client.GET('/v1/dead-letters', { params: { query } }));
    const rows = data.data.map(({ id, name, queue, code, detail, attempts, died_at }) => ({
      id,
      name,
      queue,
      code,
      detail,
      attempts,
      died_at,
    }));
    return { data, parts: [rows] };
  },
});

export const queues = reads({
  name: 'queues',
  does: 'Queues with state, limit and what waits in them; schedules with their last and next run.',
  input: z.strictObject({}),
  async run(client) {
    const [{ data: all }, { data: schedules }] = [
      dataOf(await client.GET('/v1/queues')),
      dataOf(await client.GET('/v1/schedules')),
    ];
    return {
      data: { queues: all, schedules },
      parts: [
        all.map(({ name, state, max_running, counts, oldest_waiting_seconds, outbox }) => ({
          queue: name,
          state,
          limit: max_running,
          outbox: outbox.backlog,
          waiting: counts.waiting,
          active: counts.active,
          delayed: counts.delayed,
          dead: counts.dead,
          oldest_seconds: oldest_waiting_seconds,
        })),
        schedules.map(({ name, cron, time_zone, next_run_at, last_run_at, late }) => ({
          schedule: name,
          cron,
          time_zone,
          last_run_at,
          next_run_at,
          late,
        })),
      ],
    };
  },
});

export const database = reads({
  name: 'database',
  does: 'Pools, connections, locks, the oldest transaction, slow statements, the largest tables, migrations.',
  input: z.strictObject({}),
  async run(client) {
    const data = dataOf(await client.GET('/v1/ops/database'));
    const tables = data.tables.slice(0, 10).map(({ name, rows, dead_rows, size_bytes }) => ({
      table: name,
      rows,
      dead_rows,
      size_bytes,
    }));
    const pools = data.pools.map(({ app, pool, used, idle, max, waiting }) => ({
      pool: `${app} ${pool}`,
      used,
      idle,
      max,
      waiting,
    }));
    return { data, parts: [[data.server], pools, data.slow_statements, tables] };
  },
});

export const serviceLevels = reads({
  name: 'service-levels',
  does: 'What must be reached and what was in 30 days: availability, error budget, burn rates, latency.',
  input: z.strictObject({}),
  async run(client) {
    const { data } = dataOf(await client.GET('/v1/ops/service-levels'));
    const rows = data.map(({ class: kind, state, requests, failed, availability }) => ({
      class: kind,
      state,
      requests,
      failed,
      objective: availability.objective,
      availability: availability.value,
      budget_left: availability.budget_left,
      burn_1h: availability.burn['1h'],
    }));
    return { data, parts: [rows] };
  },
});

export const audit = reads({
  name: 'audit',
  does: 'Who did what and what was refused, the newest first.',
  input: z.strictObject({
    action: text('for example queues.pause'),
    actor: text('id of the user or service'),
    target: text('kind:id'),
    limit,
  }),
  async run(client, query) {
    const data = dataOf(await client.GET('/v1/audit-events', { params: { query } }));
    const rows = data.data.map(({ at, action, target, outcome, actor_id, reason }) => ({
      at,
      action,
      target,
      outcome,
      actor: actor_id,
      reason,
    }));
    return { data, parts: [rows] };
  },
});
