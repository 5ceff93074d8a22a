import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ProblemType, problemTypes, statusOf } from '#libs/problem';
// The whole application: each module adds its problems to the catalogue when it loads.
import { startWorld, type World } from '../support/apps.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const catalogue = problemTypes();

/** One row of the table in docs/problems.md. */
const rowOf = ({ code, kind, title, help }: ProblemType) => [
  `\`${code}\``,
  String(statusOf[kind]),
  title,
  help,
];

/** The rows of a Markdown table, without its padding and its escapes. */
function tableIn(path: string): string[][] {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll(/\\([_*|<])/g, '$1')),
  );
}

it('lists in docs/problems.md what the code can answer, and nothing else', () => {
  expect(tableIn('docs/problems.md')).toEqual(catalogue.map(rowOf));
});

it.each(catalogue)(
  'explains $code on the page that its type leads to',
  async ({ code, kind, title, help }) => {
    const response = await fetch(`${world.url}/problems/${code}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const text = textOf(await response.text());
    for (const part of [title, help, code, `status ${statusOf[kind]}`]) expect(text).toContain(part);
  },
);

it('leads from the list of all problems to each page', async () => {
  const list = await (await fetch(`${world.url}/problems`)).text();
  const linked = [...list.matchAll(/href="\/problems\/([^"]+)"/g)].map(([, code]) => code);
  expect(linked).toEqual(catalogue.map(({ code }) => code));
});

it('gives an error the address of a page that answers', async () => {
  const missing = await fetch(`${world.url}/nowhere`);
  const { type } = (await missing.json()) as { type: string };
  const page = await fetch(world.url + new URL(type).pathname);
  expect([missing.status, page.status]).toEqual([404, 200]);
});

it('answers 404 for a code that does not exist', async () => {
  expect((await fetch(`${world.url}/problems/no.such-code`)).status).toBe(404);
});

function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
