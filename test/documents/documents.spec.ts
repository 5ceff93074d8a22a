import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { environment, secretNames } from '#libs/config';

interface Manifest {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const read = (path: string) => readFileSync(path, 'utf8');
const isMarkdown = (name: string) => name.endsWith('.md');
const manifest = JSON.parse(read('package.json')) as Manifest;
const guides = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter(isMarkdown);
const pages = [...readdirSync('.').filter(isMarkdown), ...guides.map((name) => join('docs', name))];

const groups = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

/** What stands under a heading of the second level, without the sections below it. */
const sectionOf = (path: string, heading: string) =>
  read(path)
    .split(/^(?=## )/m)
    .find((section) => section.startsWith(`## ${heading}\n`)) ?? '';

/** The fragments that lead to the headings of a page, as GitHub makes them. */
const fragmentsOf = (path: string) =>
  groups(read(path), /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(pages)('%s', (page) => {
  const text = read(page);
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');

  it('links to pages and headings that are there', () => {
    const local = groups(prose, /\]\(([^)\s]+)\)/g).filter((link) => !/^[a-z]+:/.test(link));
    const broken = local.filter((link) => {
      const [path = '', fragment] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      return !existsSync(target) || (fragment !== undefined && !fragmentsOf(target).includes(fragment));
    });
    expect(broken).toEqual([]);
  });

  it('names files and folders that are there', () => {
    const named = groups(
      prose,
      /`((?:apps|bench|commands|docs|drizzle|libs|modules|test|tools)\/[\w./-]*)`/g,
    );
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('names npm commands that do something', () => {
    const named = groups(text, /\bnpm (?:run )?(start|test|(?<=run )[\w:-]+)/g);
    const missing = named.filter((name) => {
      const [, tool] = /tools\/run\.mjs ([\w-]+)/.exec(manifest.scripts[name] ?? '') ?? [];
      // The launcher itself builds; what is no tool is a program of a package.
      return tool === undefined
        ? !manifest.scripts[name]
        : tool !== 'build' && globSync([`commands/${tool}.ts`, `tools/*/${tool}.ts`]).length === 0;
    });
    expect(missing).toEqual([]);
  });

  it('names environment variables that Mainstay reads', () => {
    const known = new Set([...Object.keys(environment.shape), ...secretNames.map((name) => `${name}_FILE`)]);
    // TEST_ and FUZZ_ belong to the tests, OPS_ to tools/ops, OTEL_ to OpenTelemetry, NODE_ to Node, NO_COLOR to every program on a terminal.
    const named = groups(text, /\b([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)\b/g).filter(
      (name) => !/^(TEST|FUZZ|OPS|OTEL|NODE|VITE|NEXT)_|^NO_COLOR$/.test(name),
    );
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('README.md', () => {
  it('has every app, module, lib and kind of tool on its map', () => {
    const map = groups(sectionOf('README.md', 'The map'), /^ {2}([\w-]+)\/ /gm);
    const folders = ['apps', 'modules', 'libs', 'tools'].flatMap((name) =>
      readdirSync(name, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : [])),
    );
    expect(map.toSorted()).toEqual(folders.toSorted());
  });
});

describe('docs/README.md', () => {
  it('leads to every other page of docs', () => {
    const linked = groups(read('docs/README.md'), /\]\(([^)#\s]+)/g);
    expect(linked).toEqual(expect.arrayContaining(guides.filter((name) => name !== 'README.md')));
  });
});

describe('docs/accounts.md', () => {
  it('says of each page that a mail leads to what it sends', () => {
    const sources = globSync('modules/auth/**/*.ts').map(read).join('\n');
    const pages = groups(sources, /(?:#link\(|mailedLink\(this\.config, )'([\w-]+)'/g);
    const rows = groups(sectionOf('docs/accounts.md', 'Pages that mails lead to'), /^\| `([\w-]+)`/gm);
    expect(pages.length).toBeGreaterThan(4);
    expect(rows.toSorted()).toEqual(pages.toSorted());
  });
});

describe('docs/dependencies.md', () => {
  it.each([
    ['In production', manifest.dependencies],
    ['For development', manifest.devDependencies],
  ])('has a line for each package: %s', (heading, packages) => {
    const listed = groups(sectionOf('docs/dependencies.md', heading), /^- `([^`]+)` – \S/gm);
    expect(listed).toEqual(Object.keys(packages).toSorted());
  });
});

describe('docs/operations.md', () => {
  const rows = sectionOf('docs/operations.md', 'Variables')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

  it('says of each environment variable what it changes', () => {
    const explained = rows.flatMap(([, name = '', , change]) => (change ? [name] : []));
    expect(explained.toSorted()).toEqual(Object.keys(environment.shape).toSorted());
  });

  it('gives the defaults that .env.example gives', () => {
    const defaults = [...read('.env.example').matchAll(/^([A-Z_\d]+)="?(.+?)"?$/gm)].map(
      ([, name, value]) => [name, value],
    );
    expect(rows.map(([, name, value]) => [name, value])).toEqual(expect.arrayContaining(defaults));
  });
});
