import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { callbackify } from 'node:util';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { NeedsSession, openSession, type Pooling, type SessionSettings, silence } from './session.js';
import { statementLimit } from './statement-limit.js';

/** Milliseconds in which a busy connection has to say something after another one of its server fell silent. */
const lookMs = 1000;

/** Milliseconds between two tries to get a first connection from a server that has none left. */
const retryMs = 200;

export interface ConnectionPoolOptions extends pg.PoolConfig {
  connectionString: string;
  max: number;
  connectionTimeoutMillis: number;
  /** What is set on each connection where it has a session of its own. */
  settings: SessionSettings;
  /** Connections below which the pool could not work. */
  least?: number;
  /** It cannot work without sessions: without them, it gives no connection. */
  needsSession?: boolean;
  /** Its statements have so short a limit that a late answer says nothing about other connections. */
  isImpatient?: boolean;
}

/** The pools of this process to one server. A network that loses one connection without a word has lost all of its age. */
interface Server {
  pools: Set<ConnectionPool>;
  distrustedAt: number;
  /** What the log has said already. */
  told: Set<string>;
}
const servers = new Map<string, Server>();

/** The parts of pg that its types leave out. */
type WireClient = pg.PoolClient & { connection: { stream: Socket } };
type Query = (config: unknown, ...rest: unknown[]) => unknown;

/** A pool of pg that outlives a silent failover and a server without a free connection. */
export class ConnectionPool extends pg.Pool {
  /** What stands between this pool and its server; known with the first connection. */
  pooling: Pooling = 'none';
  readonly settings: SessionSettings;
  readonly #log = new Logger('Database');
  readonly #openedAt = new Map<WireClient, number>();
  readonly #busy = new Set<pg.PoolClient>();
  readonly #server: Server;

  constructor(private readonly given: ConnectionPoolOptions) {
    const { connectionString } = given;
    super({
      ...given,
      // The types say that it returns nothing; the pool waits for its promise.
      onConnect: (client) => this.#open(client) as unknown as void,
    });
    this.settings = given.settings;
    this.#server = servers.get(connectionString) ?? {
      pools: new Set(),
      distrustedAt: -Infinity,
      told: new Set(),
    };
    servers.set(connectionString, this.#server);
    this.#server.pools.add(this);
    this.on('connect', (client) => this.#watch(client as WireClient));
    this.on('acquire', (client) => this.#busy.add(client));
    this.on('release', (_, client) => this.#busy.delete(client));
    this.on('remove', (client) => this.#openedAt.delete(client as WireClient));
    // Without a listener, a connection that the server drops would end the process, whether it is idle or in use.
    this.on('error', () => {});
  }

  /** The connections that the pools of this process to the same server may take. */
  get processMax(): number {
    return [...this.#server.pools].reduce((sum, { options }) => sum + options.max, 0);
  }

  /** The connections that these pools have now. */
  get processOpen(): number {
    return [...this.#server.pools].reduce((sum, { totalCount }) => sum + totalCount, 0);
  }

  /** SQL that gives a transaction the limits that its session cannot have, or nothing. It travels with BEGIN. */
  get transactionSettings(): string | undefined {
    if (this.pooling !== 'transaction') return undefined;
    const parts = Object.entries(this.settings).map(
      ([name, value]) => `set_config('${name}', '${value}', true)`,
    );
    return `SELECT ${parts.join(', ')}`;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Parameters<pg.Pool['connect']>[0]): void;
  override connect(callback?: Parameters<pg.Pool['connect']>[0]): Promise<pg.PoolClient> | void {
    if (!callback) return this.#acquire();
    callbackify(() => this.#acquire())((error, client) =>
      callback(error ?? undefined, client, (failure) => client?.release(failure as Error)),
    );
  }

  override async end(): Promise<void> {
    this.#server.pools.delete(this);
    if (this.#server.pools.size === 0) servers.delete(this.given.connectionString);
    // A connection that nobody answers on any more would not close by itself.
    const late = setTimeout(() => this.#destroyIdle(), lookMs);
    await super.end();
    clearTimeout(late);
  }

  /** A server that has no connection left makes the pool wait for one of its own, and take no more than it has from then on. */
  async #acquire(): Promise<pg.PoolClient> {
    const deadline = performance.now() + this.options.connectionTimeoutMillis!;
    for (;;) {
      try {
        return await super.connect();
      } catch (error) {
        if (!isOutOfConnections(error) || performance.now() > deadline) throw error;
        const { least = 1 } = this.given;
        this.#shrinkTo(Math.max(least, this.totalCount));
        if (this.totalCount < least) await sleep(retryMs);
      }
    }
  }

  #shrinkTo(max: number): void {
    if (max >= this.options.max) return;
    this.options.max = max;
    this.#tellOnce(
      'short',
      'Postgres has no connection left, so this process takes no more than it has from now on. ' +
        'Lower DATABASE_POOL_MAX, or let the server have more connections.',
    );
  }

  async #open(client: pg.ClientBase): Promise<void> {
    client.on('error', () => {});
    this.pooling = await openSession(client, this.given.connectionString, this.settings);
    if (this.pooling !== 'transaction') return;
    if (this.given.needsSession) throw new NeedsSession();
    this.#tellOnce(
      'pooling',
      'DATABASE_URL leads to a pooler in transaction mode: no statement is prepared, and only transactions have limits on the server.',
    );
  }

  #tellOnce(what: string, line: string): void {
    if (!this.#server.told.has(what)) this.#log.warn(line);
    this.#server.told.add(what);
  }

  #watch(client: WireClient): void {
    this.#openedAt.set(client, performance.now());
    const query = client.query.bind(client) as Query;
    const look = (error: Error | null | undefined) => {
      if (error?.message === silence) this.#fellSilent(client);
    };
    const watched: Query = (config, ...rest) => {
      const callback = rest.at(-1);
      if (typeof callback !== 'function') {
        const result = query(this.#adapted(config), ...rest);
        if (result instanceof Promise) result.catch(look);
        return result;
      }
      return query(this.#adapted(config), ...rest.slice(0, -1), (error: Error | null, result: unknown) => {
        look(error);
        (callback as (error: Error | null, result: unknown) => void)(error, result);
      });
    };
    client.query = watched as pg.PoolClient['query'];
  }

  #adapted(config: unknown): unknown {
    const limit = statementLimit();
    const isShared = this.pooling === 'transaction';
    if ((!limit && !isShared) || isSubmittable(config)) return config;
    const query = typeof config === 'string' ? { text: config } : { ...(config as pg.QueryConfig) };
    // The next statement may reach another connection of the server, which was never told what this name stands for.
    if (isShared) delete query.name;
    return limit ? { ...query, query_timeout: limit } : query;
  }

  #fellSilent(client: WireClient): void {
    const openedAt = this.#openedAt.get(client) ?? -Infinity;
    destroy(client);
    if (this.given.isImpatient || openedAt <= this.#server.distrustedAt) return;
    this.#server.distrustedAt = performance.now();
    this.#log.warn('A connection to Postgres does not answer. All that are as old are replaced.');
    for (const pool of this.#server.pools) pool.#distrust();
  }

  /** Whoever works or listens on a connection gets an error instead of waiting for the limit of each statement in turn. */
  #distrust(): void {
    for (const client of this.#openedAt.keys()) {
      const { stream } = client.connection;
      const { bytesRead } = stream;
      if (this.#busy.has(client))
        setTimeout(() => stream.bytesRead === bytesRead && destroy(client), lookMs).unref();
    }
    this.#destroyIdle();
  }

  #destroyIdle(): void {
    for (const client of this.#openedAt.keys()) if (!this.#busy.has(client)) destroy(client);
  }
}

function destroy({ connection }: WireClient): void {
  connection.stream.destroy(new Error('Connection terminated because it does not answer'));
}

function isSubmittable(config: unknown): boolean {
  return typeof (config as { submit?: unknown }).submit === 'function';
}

/** 53300: too many connections, of the server, the database or the role. PgBouncer says so without a code of its own. */
function isOutOfConnections(error: unknown): boolean {
  const { code, message = '' } = error as { code?: string; message?: string };
  return code === '53300' || message.startsWith('no more connections allowed');
}
