import { randomUUID } from 'node:crypto';
import type { Request } from 'autocannon';
import type { Seeded } from './database.js';

export interface Scenario {
  name: string;
  /** Mainstay's requests/s must be at least this share of the baseline's. */
  target: number;
  /** Returns a new request. */
  request: () => Required<Pick<Request, 'method' | 'path' | 'headers'>> & Pick<Request, 'body'>;
  /** The parts in which two correct answers differ: random values and times. */
  varying: RegExp[];
}

const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;
const instant = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** A cursor, which is sealed with a random nonce, in the body or in the Link header. */
const cursor = /(?<=next_cursor":"|cursor=)[\w-]+/g;

/** Returns the measured requests, which a signed-in administrator sends. */
export function scenarios(
  { userIds }: Seeded,
  cookie: string,
): {
  read: Scenario;
  list: Scenario;
  create: Scenario;
} {
  const headers = { cookie };
  return {
    read: {
      name: 'GET /v1/users/{id}',
      target: 0.8,
      request: () => ({ method: 'GET', path: `/v1/users/${anyOf(userIds)}`, headers: { ...headers } }),
      varying: [],
    },
    list: {
      name: 'GET /v1/users?limit=20',
      target: 0.8,
      request: () => ({ method: 'GET', path: '/v1/users?limit=20', headers: { ...headers } }),
      varying: [cursor],
    },
    create: {
      name: 'POST /v1/users',
      target: 0.7,
      request: () => ({
        method: 'POST',
        path: '/v1/users',
        headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify({ email: `${randomUUID()}@example.com`, name: 'Ada Lovelace' }),
      }),
      varying: [uuid, instant],
    },
  };
}

function anyOf(ids: string[]): string {
  return ids[Math.floor(Math.random() * ids.length)]!;
}
