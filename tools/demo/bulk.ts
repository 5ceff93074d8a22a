import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Client, dataOf } from '#libs/client';
import { follow } from './follow.js';
import type { PeopleFile } from './people.js';
import type { Report } from './report.js';

/** The result of an import, as the API gives it. */
export interface ImportResult {
  created: number;
  skipped: number;
  failed: number;
  errors: { line: number; code: string; detail: string }[];
}

/** Everything that a repetition has to answer again. */
export interface ImportAnswer {
  status: number;
  location: string | null;
  body: string;
  isReplay: boolean;
}

export async function requestImport(client: Client, key: string, csv: string): Promise<ImportAnswer> {
  const answer = await client.POST('/v1/user-imports', {
    params: { header: { 'Idempotency-Key': key } },
    headers: { 'content-type': 'text/csv' },
    body: csv,
    parseAs: 'text',
  });
  const { status, headers } = answer.response;
  return {
    status,
    location: headers.get('location'),
    body: dataOf(answer),
    isReplay: headers.get('idempotency-replayed') === 'true',
  };
}

export const jobIdIn = ({ location }: ImportAnswer) =>
  /^\/v1\/jobs\/([\w-]+)$/.exec(location ?? '')?.[1] ?? '';

/** The result of a job that has succeeded, as text. */
export async function download(client: Client, id: string): Promise<string> {
  return dataOf(await client.GET('/v1/jobs/{id}/result', { params: { path: { id } }, parseAs: 'text' }));
}

/** Milliseconds that the import of ten thousand rows may take from the upload to the last row. */
const IMPORT_MS = 15_000;

/** Imports the file, watches it, and checks every figure of the result. */
export async function importPeople(
  report: Report,
  client: Client,
  key: string,
  file: PeopleFile,
): Promise<ImportAnswer> {
  const startedAt = performance.now();
  const answer = await report.step('upload the file', async () => {
    const value = await requestImport(client, key, file.csv);
    assert.equal(value.status, 202);
    return { figures: `${file.rows} rows, ${file.csv.length} characters; 202`, value };
  });
  await report.step('watch the import', async () => {
    let changes = 0;
    const job = await follow(client, jobIdIn(answer), { seen: () => (changes += 1) });
    const ms = performance.now() - startedAt;
    assert.equal(job.state, 'succeeded', job.problem?.detail);
    assert.equal(job.progress.done, file.rows);
    assert(ms < IMPORT_MS, `The import took ${Math.round(ms)} ms; the limit is ${IMPORT_MS} ms.`);
    return {
      figures: `${changes} changes seen; ${rate(file.rows, ms)} from the upload on`,
      value: undefined,
    };
  });
  await report.step('result of the import', async () => {
    const { errors, ...counts } = JSON.parse(await download(client, jobIdIn(answer))) as ImportResult;
    assert.deepEqual(counts, {
      created: file.created.length,
      skipped: file.skipped,
      failed: file.failed.size,
    });
    assert.deepEqual(new Map(errors.map(({ line, code }) => [line, code])), file.failed);
    const [first] = errors;
    const example = first ? `; line ${first.line}: ${first.detail}` : '';
    const { created, skipped, failed } = counts;
    return {
      figures: `${created} created, ${skipped} skipped, ${failed} failed${example}`,
      value: undefined,
    };
  });
  return answer;
}

/** Exports all users and downloads the file; checks that everybody imported is in it. Returns the number of users. */
export function exportPeople(
  report: Report,
  client: Client,
  format: 'csv' | 'ndjson',
  file: PeopleFile,
): Promise<number> {
  return report.step(`export and download ${format}`, async () => {
    const { id } = dataOf(
      await client.POST('/v1/user-exports', {
        params: { header: { 'Idempotency-Key': randomUUID() } },
        body: { format },
      }),
    );
    const job = await follow(client, id);
    assert.equal(job.state, 'succeeded', job.problem?.detail);
    const text = await download(client, id);
    const emails = emailsIn(text, format);
    const missing = file.created.filter((email) => !emails.has(email));
    assert.deepEqual(missing, [], `${missing.length} imported users are not in the export.`);
    return { figures: `${emails.size} users, ${text.length} characters`, value: emails.size };
  });
}

/** Addresses need no quoting in CSV, so they end at the first comma. */
function emailsIn(text: string, format: 'csv' | 'ndjson'): Set<string> {
  const lines = text.trimEnd().split('\n');
  if (format === 'csv') return new Set(lines.slice(1).map((line) => line.slice(1, line.indexOf('",'))));
  return new Set(lines.map((line) => (JSON.parse(line) as { email: string }).email));
}

/** The same upload under the same key: the same bytes come back, and nothing happens. */
export function replayImport(
  report: Report,
  client: Client,
  key: string,
  file: PeopleFile,
  before: ImportAnswer,
): Promise<void> {
  return report.step('the same upload, the same key', async () => {
    const again = await requestImport(client, key, file.csv);
    assert.deepEqual({ before: before.isReplay, again: again.isReplay }, { before: false, again: true });
    assert.deepEqual({ ...again, isReplay: false }, before);
    return { figures: `${again.status}, the same bytes, Idempotency-Replayed: true`, value: undefined };
  });
}

function rate(rows: number, ms: number): string {
  return `${rows} rows in ${(ms / 1000).toFixed(1)} s, ${Math.round((rows / ms) * 1000)} a second,`;
}
