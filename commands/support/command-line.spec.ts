import { readFileSync, globSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { helpOf, readArguments } from './command-line.js';

const line = {
  name: 'npm run things:count',
  does: 'Counts things.',
  positionals: '<kind>',
  options: {
    since: { type: 'string', value: 'date', does: 'only later ones' },
    json: { type: 'boolean', does: 'prints the count for programs' },
  },
} as const;

it('a command explains itself', () => {
  expect(helpOf(line)).toBe(`npm run things:count -- <kind> [--since <date>] [--json]

Counts things.

  --since <date>  only later ones
  --json          prints the count for programs`);
  expect(helpOf({ name: 'npm start', does: 'Starts.' })).toBe('npm start\n\nStarts.');
});

it('a command gets what was given', () => {
  expect(readArguments(line, ['big', '--since=2026-01-01', '--json'])).toEqual({
    values: { since: '2026-01-01', json: true },
    positionals: ['big'],
  });
});

it('every npm command reads its arguments in this way', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const names = Object.values(scripts).flatMap((script) => /run\.mjs (\S+)/.exec(script)?.[1] ?? []);
  const own = names.filter((name) => name !== 'build'); // Its arguments are read before anything is built: run.spec.ts.
  expect(own.length).toBeGreaterThan(10);
  for (const name of own) {
    const [path] = globSync(`{commands,tools/*}/${name}.ts`);
    expect({
      name,
      reads: /\b(command\(line|readArguments\(|explainIfAsked\()/.test(readFileSync(path!, 'utf8')),
    }).toEqual({
      name,
      reads: true,
    });
  }
});
