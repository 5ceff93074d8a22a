import { randomBytes, randomUUID } from 'node:crypto';
import { eventually, TcpProxy, type TestDatabase } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';
import { AppProcess } from '../../support/process.js';

export interface Answer {
  /** 0 when the connection broke before an answer came. */
  status: number;
  text: string;
  headers: Headers;
}

/** A process, of the API mostly, that reaches its database through a proxy. */
export interface Api {
  process: AppProcess;
  proxy: TcpProxy;
}

/** An API in this process which nothing happens to, processes beside it to make trouble for, and one database for all. */
export class Apis {
  readonly #started: Api[] = [];

  private constructor(
    readonly world: World,
    readonly admin: Person,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async create(db?: TestDatabase): Promise<Apis> {
    const shared = {
      SECRET_KEYS: randomBytes(32).toString('base64url'),
      RATE_LIMIT_DEFAULT: '1000000/60',
      PUBLIC_URL: 'http://mainstay.test',
    };
    const world = await startWorld({ env: shared, ...(db && { db }) });
    return new Apis(world, await signedIn(world, 'admin'), { ...shared, DATABASE_URL: world.db.url });
  }

  /** With the URL, under another role of the same database. */
  async start(app: 'api' | 'worker' = 'api', url = this.world.db.url): Promise<Api> {
    const proxy = await TcpProxy.to(url);
    const process = AppProcess.start(app, { ...this.env, DATABASE_URL: proxy.through(url) });
    const api = { process, proxy };
    this.#started.push(api);
    await process.listening();
    return api;
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.map(({ process }) => process.stop('SIGKILL')));
    await Promise.all(this.#started.map(({ proxy }) => proxy.down()));
    await this.world.close();
  }

  async invite(url: string, key: string, body: object): Promise<Answer> {
    try {
      const response = await fetch(`${url}/v1/users`, {
        method: 'POST',
        headers: { cookie: this.admin.cookie, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      });
      return { status: response.status, text: await response.text(), headers: response.headers };
    } catch {
      return { status: 0, text: '', headers: new Headers() };
    }
  }

  /** What a careful client does: the same request again until there is an answer. Gives the statuses on the way too. */
  async insist(url: string, key: string, body: object): Promise<Answer & { refusals: number[] }> {
    const refusals: number[] = [];
    const answered = async () => {
      const answer = await this.invite(url, key, body);
      const isInProgress = answer.text.includes('idempotency.in-progress');
      if (answer.status !== 0 && answer.status !== 503 && !isInProgress) return answer;
      refusals.push(answer.status);
      return undefined;
    };
    const answer = await eventually(answered, { what: 'an answer to the same request' });
    return { ...answer, refusals };
  }

  /** Rows of the user and of the job that mails them: what one invitation leaves. */
  async effects(email: string): Promise<{ users: number; mails: number }> {
    const { rows } = await this.world.db.pool.query<{ users: number; mails: number }>(
      `select (select count(*)::int from users where email = $1) as users,
              (select count(*)::int from outbox where payload->>'userId' in (select id::text from users where email = $1)) as mails`,
      [email],
    );
    return rows[0]!;
  }
}

export const person = () => ({ email: `${randomUUID()}@example.com`, name: 'Ada' });

/** Every execution names the prepared statement that inserts an invited user; its text travels once a connection. */
export const insertOfUser = 'users_insert_invited';
