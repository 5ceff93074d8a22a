import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { timeouts } from '#libs/http';
import { startWorld, type World } from '../../support/apps.js';
import { rowsOf } from '../../support/factors.js';
import { issuedKey, registeredService, tokenOf } from '../../support/machines.js';
import { inSudo, password, type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
const everyMs = timeouts.rights;
beforeAll(async () => {
  timeouts.rights = 20;
  world = await startWorld({ worker: true });
  admin = await inSudo(world, await signedIn(world, 'admin'));
  // What is asked for stays queued, and its events last.
  await rowsOf(world, `insert into queue_controls (name, state) values ('bulk', 'paused')`);
});
afterAll(async () => {
  timeouts.rights = everyMs;
  await world?.close();
});

type Headers = Record<string, string>;

const person = async () => inSudo(world, await signedIn(world, 'viewer'));

/** A job of this person that is not finished. */
async function exporting({ cookie }: Person): Promise<string> {
  const { headers } = await request(world.url)
    .post('/v1/user-exports')
    .set({ cookie, 'idempotency-key': randomUUID() })
    .send({ format: 'csv' })
    .expect(202);
  return headers.location!;
}

/** A job of this person that left a file larger than what the buffers on the way hold. */
async function exported(owner: Person): Promise<string> {
  const path = await exporting(owner);
  const [id, file] = [path.split('/').at(-1)!, randomUUID()];
  const [chunks, bytes] = [512, 64 * 1024];
  await rowsOf(
    world,
    `insert into files (id, state, media_type, size, sha256) values ($1, 'stored', 'text/csv', $2, '\\x00')`,
    file,
    chunks * bytes,
  );
  await rowsOf(
    world,
    `insert into file_chunks (file_id, seq, data)
     select $1, n, convert_to(repeat('x', $2), 'UTF8') from generate_series(0, $3) as n`,
    file,
    bytes,
    chunks - 1,
  );
  await rowsOf(
    world,
    `update operations set state = 'succeeded', finished_at = now(), result_file_id = $2 where id = $1`,
    id,
    file,
  );
  return `${path}/result`;
}

/** Opens a streamed answer, and returns it once its first bytes are there; the rest is not read yet. */
const opened = (path: string, headers: Headers) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    get(`${world.url}${path}`, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`The answer is ${response.statusCode}.`));
      response.once('readable', () => resolve(response));
    }).on('error', reject);
  });

/** Reads to the end. Returns the text, and whether the answer was cut off. */
const restOf = (response: IncomingMessage) =>
  new Promise<{ text: string; isCut: boolean }>((resolve) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => (text += part));
    response.on('error', () => {});
    response.on('close', () => resolve({ text, isCut: !response.complete }));
  });

const act = (method: 'delete' | 'patch', path: string, { cookie }: Person, body?: object) =>
  request(world.url)[method](path).set({ cookie, 'if-match': '*' }).send(body);

/** How the rights of a caller end, or become others. */
const endings: Record<string, (owner: Person) => Promise<unknown>> = {
  'signing out': (owner) => act('delete', '/v1/sessions/current', owner).expect(204),
  'being signed out': ({ id }) => act('delete', `/v1/users/${id}/sessions`, admin).expect(204),
  'being disabled': ({ id }) => act('patch', `/v1/users/${id}`, admin, { status: 'disabled' }).expect(200),
  'being deleted': ({ id }) => act('delete', `/v1/users/${id}`, admin).expect(204),
  'another role': ({ id }) => act('patch', `/v1/users/${id}`, admin, { role: 'member' }).expect(200),
  'an idle hour': ({ id }) =>
    rowsOf(world, 'update sessions set idle_expires_at = now() where user_id = $1', id),
};

describe('an answer that lasts', () => {
  it.each(Object.keys(endings))('ends as a stream of events with %s', async (ending) => {
    const owner = await person();
    const response = await opened(`${await exporting(owner)}/events`, { cookie: owner.cookie });
    await endings[ending]!(owner);
    expect(await restOf(response)).toMatchObject({ isCut: false });
  });

  it.each(Object.keys(endings))('is cut off as a download with %s', async (ending) => {
    const owner = await person();
    const path = await exported(owner);
    const connecting = once(world.api.getHttpServer() as Server, 'connection') as Promise<[Socket]>;
    const response = await opened(path, { cookie: owner.cookie });
    const closed = once((await connecting)[0], 'close');
    await endings[ending]!(owner);
    // The rest is read only when the server has closed its end.
    await closed;
    expect(await restOf(response)).toMatchObject({ isCut: true });
  });

  it('ends with the API key that asked for it', async () => {
    const { key, id, owner } = await issuedKey(world, await person(), ['users:read']);
    const path = `${await exporting(owner)}/events`;
    const response = await opened(path, { authorization: `Bearer ${key}` });
    await act('delete', `/v1/api-keys/${id}`, owner).expect(204);
    expect(await restOf(response)).toMatchObject({ isCut: false });
  });

  it('ends with the service client that asked for it, or with its scope', async () => {
    const service = await registeredService(world, admin, { scopes: ['jobs:read', 'clients:self'] });
    const headers = { authorization: `Bearer ${await tokenOf(world, service)}` };
    const path = `${await exporting(admin)}/events`;
    const first = await opened(path, headers);
    const second = await opened(path, headers);
    await act('patch', `/v1/service-clients/${service.id}`, admin, { scopes: ['clients:self'] }).expect(200);
    expect(await restOf(first)).toMatchObject({ isCut: false });
    expect(await restOf(second)).toMatchObject({ isCut: false });
  });

  it('goes on while the session does, also with the new secret that a proof gives it', async () => {
    const owner = await person();
    const path = await exporting(owner);
    const response = await opened(`${path}/events`, { cookie: owner.cookie });
    const proven = await request(world.url)
      .post('/v1/sudo')
      .set('cookie', owner.cookie)
      .send({ password })
      .expect(200);
    const cookie = proven.headers['set-cookie']![0]!;
    await act('delete', path, { ...owner, cookie }).expect(202);
    expect((await restOf(response)).text).toContain('"state":"cancelled"');
  });

  it('keeps no session alive', async () => {
    const owner = await person();
    const response = await opened(`${await exporting(owner)}/events`, { cookie: owner.cookie });
    await rowsOf(
      world,
      `update sessions set last_seen_at = now() - interval '2 minutes', idle_expires_at = now() + interval '1 second'
       where user_id = $1`,
      owner.id,
    );
    expect(await restOf(response)).toMatchObject({ isCut: false });
  });
});
