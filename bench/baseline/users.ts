import type { KeyObject } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type pg from 'pg';
import { newId } from '#libs/database';
import { readCursor, writeCursor } from './cursors.js';
import { Refused } from './problems.js';
import { invitation, page, pageQuery, user, userId } from './schemas.js';

interface User {
  id: string;
  version: number;
  created_at: Date;
}

interface Invitation {
  email: string;
  name: string;
  role: string;
}

interface Options {
  publicUrl: string;
  /** A key of 256 bits. */
  cursorKey: KeyObject;
  /** True to create in a transaction, as a handler with a second statement would. */
  createsInTransaction: boolean;
}

const columns = 'id, email, name, role, status, version, created_at, updated_at';

const byId = `select ${columns} from users where id = $1`;
const firstPage = `select ${columns} from users order by created_at, id limit $1`;
const nextPage = `select ${columns} from users where (created_at, id) > ($2, $3) order by created_at, id limit $1`;
const insert = `
  insert into users (id, email, name, role, status) values ($1, $2, $3, $4, 'invited')
  on conflict do nothing returning ${columns}`;

export function userRoutes(app: FastifyInstance, pool: pg.Pool, options: Options): void {
  app.get<{ Params: { id: string } }>(
    '/v1/users/:id',
    { config: { permission: 'users:read' }, schema: { params: userId, response: { 200: user } } },
    async ({ params, headers }, reply) => {
      const { rows } = await pool.query<User>({ name: 'user', text: byId, values: [params.id] });
      if (!rows[0]) throw new Refused(404, 'users.not-found');
      const etag = represent(reply, rows[0]);
      return headers['if-none-match'] === etag ? reply.code(304).send() : rows[0];
    },
  );

  app.get<{ Querystring: { limit: number; cursor?: string } }>(
    '/v1/users',
    { config: { permission: 'users:read' }, schema: { querystring: pageQuery, response: { 200: page } } },
    async (request, reply) => {
      const { limit, cursor } = request.query;
      const after = cursor === undefined ? undefined : readCursor(options.cursorKey, cursor, request.userId);
      const { rows } = await pool.query<User>(
        after
          ? { name: 'next', text: nextPage, values: [limit + 1, after.value, after.id] }
          : { name: 'first', text: firstPage, values: [limit + 1] },
      );
      const hasMore = rows.length > limit;
      if (hasMore) rows.pop();
      const last = rows.at(-1);
      if (!hasMore || !last) return { data: rows, page: { next_cursor: null, has_more: false } };
      const position = { value: last.created_at.toISOString(), id: last.id };
      const next = writeCursor(options.cursorKey, position, request.userId);
      void reply.header('link', `<${options.publicUrl}/v1/users?limit=${limit}&cursor=${next}>; rel="next"`);
      return { data: rows, page: { next_cursor: next, has_more: true } };
    },
  );

  const create = options.createsInTransaction ? createInTransaction : createAlone;
  app.post<{ Body: Invitation }>(
    '/v1/users',
    { config: { permission: 'users:write' }, schema: { body: invitation, response: { 201: user } } },
    async ({ body }, reply) => {
      const email = body.email.normalize('NFKC').trim().toLowerCase();
      const created = await create(pool, [newId(), email, body.name.trim(), body.role]);
      if (!created) throw new Refused(409, 'users.email-taken');
      represent(reply, created);
      return reply.code(201).header('location', `/v1/users/${created.id}`).send(created);
    },
  );
}

/** Sets the header fields of one user, and returns its entity tag. */
function represent(reply: FastifyReply, { version }: User): string {
  const etag = `"v${version}"`;
  void reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'Origin, Cookie, Authorization' });
  return etag;
}

/** Creates a user with one statement, which is a transaction by itself. */
async function createAlone(pool: pg.Pool, values: string[]): Promise<User | undefined> {
  const { rows } = await pool.query<User>({ name: 'insert', text: insert, values });
  return rows[0];
}

async function createInTransaction(pool: pg.Pool, values: string[]): Promise<User | undefined> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<User>({ name: 'insert', text: insert, values });
    await client.query('commit');
    return rows[0];
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
