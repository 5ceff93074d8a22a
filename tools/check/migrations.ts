import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unreleasedMigrations } from '../generate/unreleased.js';

interface Outcome {
  ok: boolean;
  output: string;
}

/** Runs squawk with these arguments, and with this text as its input. */
type Squawk = (args: string[], input: string) => Promise<Outcome>;

const advice =
  'Change the schema and write the migration anew, as long as only this branch has it: npm run db:generate -- --replace\n' +
  'A rule that does not apply is switched off above its statement: -- squawk-ignore <rule>';

/**
 * Lints what this branch adds as one text, so that squawk knows the tables that it makes: nobody waits for a lock on them.
 * Released files were linted when they were new. Where git does not tell what is new, each file stands for itself.
 */
export async function lintMigrations(squawk: Squawk, root = '.'): Promise<Outcome> {
  const files = readdirSync(join(root, 'drizzle'))
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const unreleased = unreleasedMigrations(files, root);
  const texts = (unreleased ?? files).map((name): Text => [
    `drizzle/${name}`,
    readFileSync(join(root, 'drizzle', name), 'utf8'),
  ]);
  // A file that opts out of the migrator's transaction is linted as one that does.
  const alone = texts.filter(([, text]) => text.startsWith('-- no-transaction'));
  const together = texts.filter((text) => !alone.includes(text));
  const groups = unreleased ? [together] : together.map((text) => [text]);
  const outcomes = await Promise.all([
    ...groups
      .filter((group) => group.length > 0)
      .map((group) => lint(squawk, '--assume-in-transaction', group)),
    ...alone.map((text) => lint(squawk, '--no-assume-in-transaction', [text])),
  ]);
  const failed = outcomes.filter(({ ok }) => !ok);
  return {
    ok: failed.length === 0,
    output: [...failed.map(({ output }) => output.trim()), advice].join('\n'),
  };
}

type Text = [path: string, text: string];

async function lint(squawk: Squawk, flag: string, texts: Text[]): Promise<Outcome> {
  const input = texts.map(([, text]) => `${text}\n`).join('');
  const { ok, output } = await squawk(['--reporter', 'gcc', flag, '--stdin-filepath', 'drizzle'], input);
  return {
    ok,
    output: output.replaceAll(/^drizzle:(\d+):/gm, (_, line) => `${placeOf(Number(line), texts)}:`),
  };
}

/** The file and the line, counted from 0 as squawk does, of a line in the joined text. */
function placeOf(line: number, texts: readonly Text[]): string {
  let rest = line;
  for (const [path, text] of texts) {
    const lines = `${text}\n`.split('\n').length - 1;
    if (rest < lines) return `${path}:${rest + 1}`;
    rest -= lines;
  }
  return 'drizzle';
}
