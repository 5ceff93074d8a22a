import type { Column } from '../columns.js';
import type { Names } from '../names.js';

export function spec({ module, words }: Names, columns: readonly Column[]): string {
  const sample = columns.map(({ name, type }) => `${name}: ${type.sample}`).join(', ');
  const [{ name, type }] = columns as [Column, ...Column[]];
  return `import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

interface Answer {
  id: string;
  status: string;
  version: number;
  created_at: string;
}

const sample = { ${sample} };

let world: World;
let owner: Person;
beforeAll(async () => {
  world = await startWorld({ worker: true });
  owner = await signedIn(world, 'member');
});
afterAll(() => world.close());

const get = (path: string, person = owner) => request(world.url).get(path).set('cookie', person.cookie);
const post = (key: string, body: object, person = owner) =>
  request(world.url).post('/v1/${module}').set('cookie', person.cookie).set('idempotency-key', key).send(body);
const create = async (person = owner) =>
  (await post(randomUUID(), sample, person).expect(201)).body as Answer;
const ready = (id: string) =>
  eventually(
    async () => {
      const { body } = await get(\`/v1/${module}/\${id}\`).expect(200);
      return (body as Answer).status === 'ready' && (body as Answer);
    },
    { what: 'the promised job' },
  );

describe('creating', () => {
  it('makes one, says where it is, and does what it promised', async () => {
    const { body, headers } = await post(randomUUID(), sample).expect(201);
    expect(body).toMatchObject({ ...sample, status: 'pending', version: 1 });
    expect(headers).toMatchObject({ location: \`/v1/${module}/\${body.id}\`, etag: '"v1"' });
    expect(await ready(body.id as string)).toMatchObject({ id: body.id, version: 2 });
  });

  it('makes one only, however often the request is repeated', async () => {
    const [key, person] = [randomUUID(), await signedIn(world, 'member')];
    const first = await post(key, sample, person).expect(201);
    const again = await post(key, sample, person).expect(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.text).toBe(first.text);
    const { body } = await get('/v1/${module}', person).expect(200);
    expect(body.data).toMatchObject([{ id: first.body.id }]);
  });

  it('needs a key, and a body of the declared form', async () => {
    const keyless = request(world.url).post('/v1/${module}').set('cookie', owner.cookie);
    expect((await keyless.send(sample).expect(400)).body.code).toBe('idempotency.key-missing');
    const { body } = await post(randomUUID(), { ...sample, ${name}: ${type.refused}, status: 'ready' }).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['#/${name}', '#/status']);
  });
${withoutOptional(columns)}});

describe('reading', () => {
  it('answers 304 to a caller who has the current version', async () => {
    const { id, version } = await ready((await create()).id);
    const path = \`/v1/${module}/\${id}\`;
    await get(path).set('if-none-match', \`"v\${version}"\`).expect(304);
    await get(path).set('if-none-match', '"v1"').expect(200);
  });

  it('shows everybody their own ${words.many} only', async () => {
    const theirs = await create();
    const other = await signedIn(world, 'member');
    expect((await get(\`/v1/${module}/\${theirs.id}\`, other).expect(404)).body.code).toBe('${module}.not-found');
    expect((await get('/v1/${module}', other).expect(200)).body.data).toEqual([]);
    await request(world.url).get(\`/v1/${module}/\${theirs.id}\`).expect(401);
  });

  it('lists them page by page, newest first, each once', async () => {
    const lister = await signedIn(world, 'member');
    const made = [await create(lister), await create(lister), await create(lister)];
    const first = await get('/v1/${module}?limit=2', lister).expect(200);
    const cursor = encodeURIComponent(first.body.page.next_cursor as string);
    const second = await get(\`/v1/${module}?limit=2&cursor=\${cursor}\`, lister).expect(200);
    const seen = [...first.body.data, ...second.body.data] as Answer[];
    expect(seen.map(({ id }) => id).sort()).toEqual(made.map(({ id }) => id).sort());
    const times = seen.map(({ created_at }) => created_at);
    expect(times).toEqual(times.toSorted().reverse());
    expect(second.body.page.has_more).toBe(false);
  });
});
`;
}

/** The test of what may be left out, where there is such a column. */
function withoutOptional(columns: readonly Column[]): string {
  if (!columns.some(({ isOptional }) => isOptional)) return '';
  const needed = columns.filter(({ isOptional }) => !isOptional);
  const nothing = columns.filter(({ isOptional }) => isOptional).map(({ name }) => `${name}: null`);
  return `
  it('needs no value where none is needed', async () => {
    const least = { ${needed.map(({ name, type }) => `${name}: ${type.sample}`).join(', ')} };
    const { body } = await post(randomUUID(), least).expect(201);
    expect(body).toMatchObject({ ...least, ${nothing.join(', ')} });
  });
`;
}
