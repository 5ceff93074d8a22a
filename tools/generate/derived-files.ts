import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { clientTypes } from './client-types.js';

/** What apps/api/describe.ts prints. */
interface Descriptions {
  openapi: string;
  routes: string;
  problems: string;
}

/** Returns every file of the repository that is made from the code, with the content that it should have. */
export async function derivedFiles(): Promise<[path: string, content: string][]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['build/apps/api/describe.js'], {
    // The description of a large API is longer than the one megabyte that Node allows.
    maxBuffer: 64 * 1024 * 1024,
  });
  const { openapi, routes, problems } = JSON.parse(stdout) as Descriptions;
  return [
    ['openapi.json', openapi],
    ['libs/client/schema.generated.ts', await clientTypes(openapi)],
    ['docs/routes.md', routes],
    ['docs/problems.md', withTable(await readFile('docs/problems.md', 'utf8'), problems)],
  ];
}

/** Puts the table in the place of the one that the page has, which ends the page. */
function withTable(page: string, table: string): string {
  const start = page.indexOf('| code |');
  if (start < 0) throw new Error('docs/problems.md has no table any more; put back its line | code | … |');
  return page.slice(0, start) + table;
}
