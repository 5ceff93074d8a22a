import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createClient, dataOf } from '#libs/client';
import { command } from '../../commands/support/command.js';
import { signInAdmin, signUp } from './accounts.js';
import { exportPeople, importPeople, replayImport } from './bulk.js';
import { type Instance, openInstance } from './instance.js';
import { peopleFile } from './people.js';
import { Report, StoryEnded } from './report.js';
import { loadEnvironmentFile } from '../machine/environment.js';

const ROWS = 10_000;

const line = {
  name: 'npm run demo',
  does: 'Tells the whole story on a running instance, or starts one. Each step says whether it held, and the exit code whether all did.',
};

await command(line, async () => {
  loadEnvironmentFile();
  console.log('mainstay: looking for a running instance …');
  const instance = await openInstance(process.env);
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new Error('interrupted')));
  });
  try {
    const { wasRunning, api_url } = instance;
    console.log(`mainstay: ${api_url} ${wasRunning ? 'is running' : 'was started for the demo'}\n`);
    await Promise.race([tell(new Report(), instance), interrupted]);
    console.log('\nEvery step held.');
  } catch (error) {
    if (!(error instanceof StoryEnded)) throw error;
    console.log('\nA step failed; those after it were not tried.');
    process.exitCode = 1;
  } finally {
    await instance.stop();
  }
});
// An interrupted story has requests under way that would keep the process.
process.exit();

async function tell(report: Report, { api_url, worker_url, admin }: Instance): Promise<void> {
  const run = randomUUID().slice(0, 8);
  const person = await signUp(report, api_url, run);
  const client = await signInAdmin(report, api_url, admin);
  const file = peopleFile({ rows: ROWS, run, known: person });
  const key = randomUUID();
  const answer = await importPeople(report, client, key, file);
  const before = await exportPeople(report, client, 'ndjson', file);
  await replayImport(report, client, key, file, answer);
  const after = await exportPeople(report, client, 'csv', file);
  await report.step('nothing happened twice', async () => {
    assert.equal(after, before);
    return { figures: `${before} users before the repetition, ${after} after it`, value: undefined };
  });
  await report.step('health of API and worker', async () => {
    for (const baseUrl of [api_url, worker_url])
      assert.equal(dataOf(await createClient({ baseUrl }).GET('/health/ready')).status, 'ok');
    return { figures: 'both ready', value: undefined };
  });
}
