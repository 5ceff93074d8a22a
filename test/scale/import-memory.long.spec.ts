import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { figure } from '#libs/testing';
import { startWorld, type World } from '../support/apps.js';
import { type Person, signedIn } from '../support/people.js';
import { AppProcess } from '../support/process.js';
import { residentBytes } from './support/memory.js';

/** Bytes of a whole worker, whatever the file. */
const maxResidentBytes = 250_000_000;

/** Bytes of a file, a little less than the API takes. */
const fileBytes = 45_000_000;

let world: World;
let admin: Person;
let worker: AppProcess;
beforeAll(async () => {
  const SECRET_KEYS = randomBytes(32).toString('base64url');
  world = await startWorld({ env: { SECRET_KEYS } });
  admin = await signedIn(world, 'admin');
  worker = await AppProcess.start('worker', { DATABASE_URL: world.db.url, SECRET_KEYS }).listening();
});
afterAll(async () => {
  await worker?.stop('SIGKILL');
  await world?.close();
});

const copies = (row: string) => row.repeat(Math.floor(fileBytes / Buffer.byteLength(row)));

function people(): string {
  const rows: string[] = [];
  for (let bytes = 0; bytes < fileBytes; bytes += rows.at(-1)!.length)
    rows.push(`person-${rows.length}@example.com,${`Person ${rows.length} `.repeat(10)}\n`);
  return rows.join('');
}

it.each([
  ['good rows', people],
  ['rows with names of 4,000 letters', () => copies(`nobody@example.com,${'x'.repeat(4000)}\n`)],
  [
    'quoted cells of a megabyte with line ends',
    () => copies(`nobody@example.com,"${'x,y\n'.repeat(250_000)}"\n`),
  ],
  ['one line without an end', () => `nobody@example.com,${'x'.repeat(fileBytes)}`],
  ['a quote that is never closed', () => `"${copies('nobody@example.com,x\n'.padEnd(1000, ' x'))}`],
])('a worker needs little memory for a file with %s', async (what, rows) => {
  const response = await fetch(`${world.url}/v1/user-imports`, {
    method: 'POST',
    headers: { cookie: admin.cookie, 'idempotency-key': randomUUID(), 'content-type': 'text/csv' },
    body: `email,name\n${rows()}`,
  });
  expect(response.status).toBe(202);
  const path = response.headers.get('location');
  let [peak, state] = [0, ''];
  for (; !['succeeded', 'failed'].includes(state); await sleep(50)) {
    peak = Math.max(peak, await residentBytes(worker.child.pid!));
    const answer = await fetch(`${world.url}${path}`, { headers: { cookie: admin.cookie } });
    ({ state } = (await answer.json()) as { state: string });
  }
  figure(`Memory of a worker that imports 45 MB: ${what}`, `${(peak / 1e6).toFixed(0)} MB at most`);
  expect(state).toBe('succeeded');
  expect(peak).toBeLessThan(maxResidentBytes);
});
