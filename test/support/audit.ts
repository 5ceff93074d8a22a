import { execFile } from 'node:child_process';
import { Database } from '#libs/database';
import { eventually } from '#libs/testing';
import { sealAudit } from '#modules/audit';
import { QueueModule, JobsService } from '#libs/queue';
import type { World } from './apps.js';

/** Seals the audit log as the schedule does every minute. Needs the worker. */
export async function seal({ api, db }: World): Promise<void> {
  const jobs = api.select(QueueModule).get(JobsService);
  await api.get(Database, { strict: false }).transaction(async () => {
    jobs.enqueue(sealAudit, {});
  });
  await eventually(async () => {
    const { rows } = await db.pool.query(
      'select from audit_events where seq > (select coalesce(max(last_seq), 0) from audit_seals)',
    );
    return rows.length === 0;
  });
}

interface Run {
  code: number;
  output: string;
}

/** `npm run audit:verify` with these arguments, on the log of this world, which was started with these SECRET_KEYS. */
export const verifyAudit = ({ db }: World, keys: string, ...args: string[]) =>
  new Promise<Run>((done) => {
    const env = { PATH: process.env.PATH, DATABASE_URL: db.url, SECRET_KEYS: keys };
    execFile(process.execPath, ['dist/commands/audit-verify.js', ...args], { env }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
