import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { runInContext } from '#libs/context';
import { createPool, Database, inlineSql } from '#libs/database';
import { loggerOptions } from './logger-options.js';
import { resourceOf } from './resource.js';
import { logStatements } from './statement-log.js';

const canary = `canary's \\7f3a`;
const db = new Database(createPool(process.env.TEST_DATABASE_ADMIN_URL!, { role: 'tool', max: 1 }));
const lines: string[] = [];
const log = pino(loggerOptions(resourceOf('api'), 'debug'), { write: (line: string) => lines.push(line) });
logStatements(log);

beforeEach(() => {
  log.level = 'debug';
  lines.length = 0;
});
afterAll(() => db.pool.end());

const inRequest = (work: () => Promise<unknown>) =>
  runInContext({ requestId: 'request-1', usage: { statements: 0, databaseSeconds: 0 } }, work);
const select = () => db.conn.execute(sql`select ${canary}::text`);

it('has the statements of a request, without values', async () => {
  await inRequest(() =>
    db.transaction(async () => {
      await select();
      db.beforeCommit(inlineSql`select ${canary}`);
    }),
  );
  expect(lines.join()).not.toContain('7f3a');
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual(
    ['begin', 'select $1::text', 'select  E?; commit'].map((text) =>
      expect.objectContaining({
        level: 'debug',
        msg: 'statement',
        request_id: 'request-1',
        statement: expect.stringMatching(new RegExp(text.replaceAll(/[$?]/g, String.raw`\$&`), 'i')),
        duration_ms: expect.any(Number),
      }),
    ),
  );
});

it('has none that belong to no request, and none at the level info', async () => {
  await select();
  log.level = 'info';
  await inRequest(select);
  expect(lines).toEqual([]);
});
