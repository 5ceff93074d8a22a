import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from '@jest/globals';
import type { AppProcess } from './process.js';

/** A limit of processor time for processes. */
export interface ProcessorQuota {
  /** Puts a process into it. */
  limit(pid: number): void;
  remove(): void;
}

/** Milliseconds, the usual period of the scheduler. */
const period = 100;

/** Makes a control group with this share of one processor. Undefined where this system lets us make none: only root can. */
export function processorQuota(share: number): ProcessorQuota | undefined {
  const [quotaUs, periodUs] = [Math.round(share * period * 1000), period * 1000];
  const isUnified = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const folder = `/sys/fs/cgroup/${isUnified ? '' : 'cpu/'}mainstay-test-${process.pid}`;
  try {
    mkdirSync(folder);
  } catch {
    return undefined;
  }
  const quota = {
    limit: (pid: number) => writeFileSync(`${folder}/cgroup.procs`, String(pid)),
    remove: () => rmdirSync(folder),
  };
  try {
    if (isUnified) writeFileSync(`${folder}/cpu.max`, `${quotaUs} ${periodUs}`);
    else {
      writeFileSync(`${folder}/cpu.cfs_period_us`, String(periodUs));
      writeFileSync(`${folder}/cpu.cfs_quota_us`, String(quotaUs));
    }
    return quota;
  } catch {
    quota.remove();
    return undefined;
  }
}

/** Tests that need a quota. Where none can be made they are skipped, with a line that says so. */
export const describeWithQuota = canLimit() ? describe : describe.skip;

function canLimit(): boolean {
  const quota = processorQuota(1);
  quota?.remove();
  if (!quota)
    process.stderr.write('Skipped: tests with little processor time need root and control groups.\n');
  return quota !== undefined;
}

/** Milliseconds for requests to reach the machine before the signal. */
const ahead = 150;

/** Stops a process under this many requests, each on a fresh connection, and resolves to what became of each. */
export async function stopUnder(
  api: AppProcess,
  requests: number,
): Promise<{ answers: string[]; code: number | null }> {
  const body = JSON.stringify({ email: 'nobody@example.com', token: 'none' });
  const answers = Array.from({ length: requests }, async () => {
    const sent = request(`${api.url}/v1/email-verifications`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    });
    sent.end(body);
    try {
      const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
      response.resume();
      await once(response, 'end');
      return String(response.statusCode);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
  });
  await sleep(ahead);
  const { code } = await api.stop();
  return { answers: await Promise.all(answers), code };
}
