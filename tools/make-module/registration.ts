import type { Draft } from './draft.js';
import type { Names } from './names.js';

/** Makes the feature known to the processes, to the boundaries and to the documents. */
export async function register(draft: Draft, names: Names): Promise<void> {
  await draft.edit('apps/api/api.module.ts', (text) => imported(text, names, 'Http'));
  await draft.edit('apps/worker/worker.module.ts', (text) => imported(text, names, 'Worker'));
  await draft.edit('.dependency-cruiser.mjs', (text) => declared(text, names));
  await draft.edit('test/boundaries/offences.ts', (text) => guarded(text, names));
  await draft.edit('README.md', (text) => mapped(text, names));
}

/** The Nest module in a process, before the one of health: it looks at all others and stays last. */
function imported(text: string, { module, Many }: Names, process: 'Http' | 'Worker'): string {
  const nestModule = `${Many}${process}Module`;
  const statement = `import { ${nestModule} } from '#modules/${module}';`;
  const withImport = insertBefore(
    text,
    (line) => (/^import .* from '#modules\/(.+)';$/.exec(line)?.[1] ?? '') > module,
    (line) => line === '',
    statement,
  );
  const isHealth = (line: string) => line.trim() === `Health${process}Module,`;
  return insertBefore(withImport, isHealth, never, `${' '.repeat(8)}${nestModule},`);
}

/** The edges it starts with: its rows belong to users. */
function declared(text: string, { module }: Names): string {
  const key = module.includes('-') ? `'${module}'` : module;
  return insertBefore(
    text,
    (line) => (/^ {2}'?([a-z-]+)'?: \[.*\],$/.exec(line)?.[1] ?? '') > module,
    (line) => line === '};',
    `  ${key}: ['users'],`,
  );
}

/** Each rule of the boundaries has an offence that proves it. */
function guarded(text: string, { module }: Names): string {
  const rule = `${module}-uses-what-it-declares`;
  const offence = `{ rule: '${rule}', file: 'modules/${module}/probe.ts', code: \`import '#modules/health';\` },`;
  return insertBefore(text, (line) => line.includes(`rule: 'modules-are-declared'`), never, `  ${offence}`);
}

/** The map of the folders. A product may have a README of another form: then there is nothing to add. */
function mapped(text: string, { module, words }: Names): string {
  const modules = text.split('\n').findIndex((line) => line.startsWith('modules/ '));
  if (modules < 0) return text;
  const isNext = (line: string, index: number) =>
    index > modules && (line.startsWith('libs/ ') || (/^ {2}([a-z-]+)\/ /.exec(line)?.[1] ?? '') > module);
  return insertBefore(text, isNext, never, `  ${module}/ `.padEnd(17) + `the ${words.many} of each user`);
}

type Match = (line: string, index: number) => boolean;
const never: Match = () => false;

/** Inserts a line before the first line that `wanted` accepts, or else before the first that `otherwise` accepts. */
function insertBefore(text: string, wanted: Match, otherwise: Match, inserted: string): string {
  const lines = text.split('\n');
  const preferred = lines.findIndex(wanted);
  const index = preferred >= 0 ? preferred : lines.findIndex(otherwise);
  if (index < 0)
    throw new Error(`there is no place any more for this line, so nothing was made: ${inserted.trim()}`);
  return lines.toSpliced(index, 0, inserted).join('\n');
}
