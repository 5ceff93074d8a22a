import type { ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/** Resident memory of a process in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) * 1024;
}

/** Bytes that a sample worker still holds after a collection of all garbage. */
export async function heldBytes(worker: ChildProcess): Promise<number> {
  worker.send('memory');
  const [answer] = (await once(worker, 'message')) as [number];
  return answer;
}
