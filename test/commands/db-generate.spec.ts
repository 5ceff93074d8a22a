import { execFileSync, spawnSync } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

let origin: string;
let root: string;

/** A repository of its own with one released table, of which each test has a copy. */
beforeAll(async () => {
  origin = root = await mkdtemp(join(tmpdir(), 'mainstay-generate-'));
  await mkdir(join(root, 'libs/shop'), { recursive: true });
  await symlink(resolve('node_modules'), join(root, 'node_modules'));
  await writeFile(join(root, 'drizzle.config.ts'), await readFile('drizzle.config.ts'));
  await schema('shops', 'name: text(),');
  generate('--name', 'shops');
  for (const args of [
    ['init', '--initial-branch=main'],
    ['add', 'drizzle'],
    ['commit', '--message=released'],
  ])
    git(...args);
  git('checkout', '--quiet', '-b', 'work');
});
afterAll(() => rm(origin, { recursive: true }));
beforeEach(async () => {
  root = `${origin}-copy`;
  await cp(origin, root, { recursive: true, verbatimSymlinks: true });
});
afterEach(() => rm(root, { recursive: true }));

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
    cwd: root,
    stdio: 'pipe',
  });

const schema = (table: string, columns: string) =>
  writeFile(
    join(root, `libs/shop/${table}.schema.ts`),
    `import { date, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
export const ${table} = pgTable('${table}', { id: integer().primaryKey(), ${columns} });`,
  );

function generate(...args: string[]): { code: number | null; output: string } {
  const command = [resolve('build/tools/generate/db-generate.js'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}

const files = async () => (await readdir(join(root, 'drizzle'))).filter((name) => name.endsWith('.sql'));
const sql = (name: string) => readFile(join(root, 'drizzle', name), 'utf8');

describe('npm run db:generate -- --replace', () => {
  it('writes what only this branch has anew, as one migration, also when it is committed', async () => {
    await schema('orders', 'note: text(),');
    generate('--name', 'orders');
    git('add', 'drizzle');
    git('commit', '--message=work');
    await schema('orders', 'note: text(), dueDate: date(),');
    generate('--name', 'due_date');
    await schema('orders', 'dueDate: date().notNull(),');

    const { code, output } = generate('--replace');
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('npm run db:reset') });
    expect(output).toContain('replaced 0001_orders.sql, 0002_due_date.sql');
    expect(await files()).toEqual(['0000_shops.sql', '0001_orders.sql']);
    expect(await sql('0001_orders.sql')).toMatch(/"due_date" date NOT NULL/);
    expect(await sql('0001_orders.sql')).not.toContain('note');
  });

  it('never touches what is released, or what somebody wrote by hand, and says what to do', async () => {
    await schema('shops', 'name: text().notNull(),');
    expect(generate('--replace')).toEqual({
      code: 1,
      output: expect.stringMatching(/no migration of its own .* npm run db:generate -- --name what_it_does/),
    });
    generate('--name', 'named');
    await appendFile(join(root, 'drizzle/0001_named.sql'), `\nUPDATE "shops" SET "name" = '';`);
    const edited = await sql('0001_named.sql');
    const refused = {
      code: 1,
      output: expect.stringMatching(/by hand, which would be lost.* --name what_it_does/),
    };
    expect(generate('--replace')).toEqual(refused);
    expect(await files()).toEqual(['0000_shops.sql', '0001_named.sql']);
    expect(await sql('0001_named.sql')).toBe(edited);
  });

  it('leaves everything as it was when Drizzle fails, and where git tells nothing', async () => {
    await schema('orders', 'note: text(),');
    generate('--name', 'orders');
    const before = await sql('0001_orders.sql');
    await schema('orders', 'note: nonsense(),');
    expect(generate('--replace')).toEqual({
      code: 1,
      output: expect.stringContaining('no migration was written'),
    });
    await rm(join(root, '.git'), { recursive: true });
    expect(generate('--replace').output).toContain('git does not tell');
    expect(await sql('0001_orders.sql')).toBe(before);
    const journal = JSON.parse(await sql('meta/_journal.json')) as { entries: { tag: string }[] };
    expect(journal.entries.map(({ tag }) => tag)).toEqual(['0000_shops', '0001_orders']);
  });
});
