import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#libs/database';
import { eventually } from '#libs/testing';
import { record } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { TestEnvironment } from '../testing/test-environment.js';

describe('the relay', () => {
  let env: TestEnvironment;

  beforeEach(async () => {
    env = await TestEnvironment.create('postgres');
  });

  afterEach(() => env.close());

  it('takes out the one message that its queue refuses, and dispatches its neighbours', async () => {
    await env.rows(`
      create function refuse_poison() returns trigger language plpgsql as $$
        begin if new.data::text like '%poison%' then raise exception 'no'; end if; return new; end $$`);
    await env.rows(
      'create trigger poison before insert on bullmq.job for each row execute function refuse_poison()',
    );
    const poison = newId();
    await env.db.transaction(async () => {
      for (const label of ['a', 'b', 'c']) env.enqueueInTransaction(record, { label });
      // Refused four times before: the next refusal is the last.
      await env.db.tx.execute(`
        insert into outbox (id, queue, name, version, payload, headers, attempts)
        values ('${poison}', 'default', 'sample.record', 1, '{"label":"poison"}', '{}', 4)`);
    });
    const worker = await startWorker(env.config);
    await eventually(async () => (await env.rows('select 1 from effects')).length === 3, {
      what: 'the neighbours are done',
    });
    await eventually(async () => (await env.count('dead_letters', poison)) === 1, {
      what: 'the poison is a dead letter',
    });
    await worker.close();
    expect(await env.rows(`select 1 from outbox where name like 'sample.%'`)).toHaveLength(0);
  });
});
