import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { house, offences } from './offences.js';
import { Scratch } from './scratch.js';

interface Violation {
  from: string;
  rule: { name: string };
}

/** The parts of the configuration that this test reads. */
interface CruiserConfig {
  default: { forbidden: { name: string }[] };
}

const roots = ['apps', 'commands', 'modules', 'libs', 'test', 'tools', 'bench', 'docs'];

describe('dependency-cruiser', () => {
  let violations: Violation[];

  // All offences stand in one tree, beside code that keeps the rules, so that the tool starts once.
  beforeAll(async () => {
    const scratch = new Scratch(house);
    for (const { file, code, with: others = {} } of offences) {
      scratch.write(file, code);
      for (const [path, content] of Object.entries(others)) scratch.write(path, content);
    }
    const { output } = await scratch.run('depcruise', '-T', 'json', ...roots);
    scratch.remove();
    violations = (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
  });

  it.each(offences)('reports $rule in $file', ({ rule, file }) => {
    const reported = violations.filter(({ from }) => from === file).map((violation) => violation.rule.name);
    expect(reported).toContain(rule);
  });

  it('lets through what keeps the rules', () => {
    expect(violations.filter(({ from }) => from in house)).toEqual([]);
  });

  it('has an offence here for every rule there is', async () => {
    const config = (await import(pathToFileURL(resolve('.dependency-cruiser.mjs')).href)) as CruiserConfig;
    const rules = config.default.forbidden.map(({ name }) => name);
    expect(new Set(offences.map(({ rule }) => rule))).toEqual(new Set(rules));
  });
});

describe('oxlint', () => {
  const planted = {
    'typescript(no-floating-promises)': `async function work(): Promise<void> {}\nexport function forget() { work(); }`,
    'typescript(no-misused-promises)': `export const all = [1].forEach(async () => { await Promise.resolve(); });`,
    'typescript(no-explicit-any)': `export const anything: any = 1;`,
    'eslint(no-restricted-imports)': `import { forwardRef } from '@nestjs/common';\nexport { forwardRef };`,
    'oxc(no-barrel-file)': `export * from './neighbour.js';`,
    'eslint(no-console)': `console.log('leaks');`,
    'node(no-process-env)': `export const port = process.env.PORT;`,
    'import(no-default-export)': `export default 1;`,
    'eslint(max-lines)': 'export const one = 1;' + '\n// a line'.repeat(300),
  };
  const fileOf = (rule: string) => `libs/problem/${rule.replace(/\W+/g, '-')}x.ts`;
  const injected = 'libs/problem/injected.service.ts';
  let lines: string[];

  beforeAll(async () => {
    const scratch = new Scratch({
      'libs/problem/neighbour.ts': `export const neighbour = 1;`,
      'tools/print.ts': `console.log(process.env.PORT);`,
      [injected]: `import { Injectable } from '@nestjs/common';\nimport { Clock } from './clock.js';\n@Injectable()\nexport class Service { constructor(readonly clock: Clock) {} }`,
      'libs/problem/clock.ts': `export class Clock {}`,
      'modules/users/stray.contract.ts': `import { defineJob } from '#libs/queue';\nexport const job = defineJob;`,
      'modules/users/users.jobs.ts': `import { defineJob } from '#libs/queue';\nexport const job = defineJob;`,
    });
    for (const [rule, code] of Object.entries(planted)) scratch.write(fileOf(rule), code);
    const { output } = await scratch.run('oxlint', '-f', 'unix', 'libs', 'modules', 'tools');
    scratch.remove();
    lines = output.split('\n');
  });

  it.each(Object.keys(planted))('reports %s', (rule) => {
    expect(lines.filter((line) => line.startsWith(fileOf(rule)))).toEqual([expect.stringContaining(rule)]);
  });

  it('reports a job that is declared outside of *.jobs.ts, and none inside', () => {
    expect(lines.filter((line) => line.startsWith('modules/'))).toEqual([
      expect.stringMatching(/^modules\/users\/stray\.contract\.ts.*no-restricted-imports/),
    ]);
  });

  it('lets tools print and read the environment, and injection keep its import', () => {
    expect(lines.filter((line) => line.startsWith('tools/') || line.startsWith(injected))).toEqual([]);
  });
});

describe('knip', () => {
  let output: string;

  beforeAll(async () => {
    const scratch = new Scratch({
      'apps/api/main.ts': `import { used } from './used.js';\nimport 'zod';\nused();`,
      'apps/api/used.ts': `export function used() {}\nexport function unused() {}`,
      'modules/users/orphan.ts': `export const orphan = 1;`,
      'package.json': JSON.stringify({ type: 'module', dependencies: { zod: '4.6.7', pino: '10.4.0' } }),
    });
    ({ output } = await scratch.run('knip', '--no-progress', '--reporter', 'compact'));
    scratch.remove();
  });

  it('reports a dependency that nobody uses, and not the one in use', () => {
    expect(output).toMatch(/package\.json: pino/);
    expect(output).not.toContain('zod');
  });

  it('reports an export and a file that nobody uses', () => {
    expect(output).toMatch(/used\.ts: unused/);
    expect(output).toContain('modules/users/orphan.ts');
  });
});
