import pg from 'pg';

/** Names our lock among the advisory locks of the maintenance database: "MAIN" in ASCII. */
const LEASE = 0x4d41494e;

/** Milliseconds; a newcomer may have to wait for another command's shutdown of the server (30 s). */
const ANSWER_MS = 45_000;

/**
 * "I am using this server", as a shared advisory lock: it ends with the process, however that ends. The last one to leave
 * stops the server, so that `npm start`, the tests and a migration can share one cluster without knowing of each other.
 */
export class Lease {
  #leaving = false;

  /** Settles when the server went away although nobody asked for it. */
  readonly lost: Promise<void>;

  private constructor(readonly client: pg.Client) {
    this.lost = new Promise((resolve) => client.once('end', () => !this.#leaving && resolve()));
  }

  static async take(adminUrl: string): Promise<Lease> {
    const client = new pg.Client({
      connectionString: adminUrl,
      application_name: 'mainstay-lease',
      connectionTimeoutMillis: 5000,
      query_timeout: ANSWER_MS,
    });
    client.on('error', () => {});
    await client.connect();
    const lease = new Lease(client);
    try {
      await client.query('SELECT pg_advisory_lock_shared($1)', [LEASE]);
      return lease;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  /**
   * Gives the lease back; calls `stop` when nobody else holds one. The connection stays open until then: it keeps newcomers
   * waiting for their lease instead of being thrown out while they work.
   */
  async leave(stop: () => Promise<void>): Promise<void> {
    this.#leaving = true;
    try {
      if (await this.#isLast()) await stop();
    } finally {
      await this.client.end().catch(() => {});
    }
  }

  async #isLast(): Promise<boolean> {
    try {
      await this.client.query('SELECT pg_advisory_unlock_shared($1)', [LEASE]);
      const { rows } = await this.client.query<{ last: boolean }>('SELECT pg_try_advisory_lock($1) AS last', [
        LEASE,
      ]);
      return rows[0]?.last === true;
    } catch {
      // The server is gone already.
      return false;
    }
  }
}
