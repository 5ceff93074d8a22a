import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { loadSecret } from '#libs/config';
import { migrate } from '#libs/database';
import { eventually } from '#libs/testing';
import { freePort } from '../../tools/machine/ports.js';
import { ensurePostgres } from '../../tools/postgres/embedded-postgres.js';
import { type Certificates, hasOpenSsl, makeCertificates } from '../support/certificates.js';
import { AppProcess } from '../support/process.js';

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A Postgres that lets its role `mainstay`, which is no superuser, in by TLS alone. */
async function postgresWithTls(dir: string, { certificate, key }: Certificates) {
  const server = await ensurePostgres({ dir: join(dir, 'postgres'), fast: true });
  closing.push(() => server.stop());
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  closing.push(() => admin.end());
  const { rows } = await admin.query<{ data_directory: string }>('show data_directory');
  const data = rows[0]!.data_directory;
  const { uid, gid } = await stat(data);
  const give = async (path: string) => {
    await chown(path, uid, gid);
    await chmod(path, 0o600);
  };
  await copyFile(certificate, join(data, 'server.crt'));
  await copyFile(key, join(data, 'server.key'));
  await writeFile(
    join(data, 'pg_hba.conf'),
    'hostssl all mainstay 127.0.0.1/32 scram-sha-256\nhost all postgres 127.0.0.1/32 scram-sha-256\n',
  );
  for (const name of ['server.crt', 'server.key', 'pg_hba.conf']) await give(join(data, name));
  await admin.query('alter system set ssl = on');
  await admin.query('select pg_reload_conf()');
  await eventually(async () => (await admin.query('show ssl')).rows[0].ssl === 'on', { what: 'TLS is on' });
  return { server, admin };
}

/** The URL of a Redis that listens with TLS alone, if one is installed. */
async function redisWithTls(dir: string, { authority, certificate, key }: Certificates) {
  if (!process.env.TEST_REDIS_URL) return undefined;
  const port = await freePort();
  const tls = { port: '0', 'tls-port': String(port), 'tls-cert-file': certificate, 'tls-key-file': key };
  const settings = {
    ...tls,
    'tls-ca-cert-file': authority,
    'tls-auth-clients': 'no',
    bind: '127.0.0.1',
    requirepass: 'secret',
    dir,
  };
  const server = spawn(
    'redis-server',
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    {
      stdio: 'ignore',
    },
  );
  closing.push(async () => {
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  });
  return `rediss://default:secret@127.0.0.1:${port}/3`;
}

const describeWithOpenSsl = hasOpenSsl ? describe : describe.skip;

describeWithOpenSsl('servers that speak TLS alone, with certificates of a private authority', () => {
  it('are reached by all processes', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'mainstay-tls-'));
    closing.push(() => rm(dir, { recursive: true, force: true }));
    const certificates = makeCertificates(dir);
    const { server, admin } = await postgresWithTls(dir, certificates);
    const redisUrl = await redisWithTls(dir, certificates);
    const given = `${server.url}?sslmode=require&sslrootcert=${certificates.authority}`;
    // What is not signed by a known authority is refused, and what does not ask for TLS is not let in.
    const DATABASE_URL = loadSecret({ DATABASE_URL: given }, 'DATABASE_URL');
    const connect = (url: string) => new pg.Client({ connectionString: url }).connect();
    await expect(connect(server.url)).rejects.toThrow('no pg_hba.conf entry');
    await expect(connect(`${server.url}?sslmode=verify-full`)).rejects.toThrow(
      /unable to verify|self.signed/,
    );
    await migrate({ connectionString: DATABASE_URL, folder: resolve('drizzle') });

    const env = {
      DATABASE_URL: given,
      ...(redisUrl && { REDIS_URL: redisUrl, NODE_EXTRA_CA_CERTS: certificates.authority }),
    };
    const [api, worker] = [AppProcess.start('api', env), AppProcess.start('worker', env)];
    closing.push(
      () => api.stop('SIGKILL'),
      () => worker.stop('SIGKILL'),
    );
    await Promise.all([api.listening(), worker.listening()]);
    const registration = { email: `${randomUUID()}@example.com`, name: 'Ada', password: randomUUID() };
    const answer = await fetch(`${api.url}/v1/registrations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(registration),
    });
    expect(answer.status).toBe(202);
    const reader = new pg.Client({ connectionString: DATABASE_URL });
    await reader.connect();
    closing.push(() => reader.end());
    await eventually(
      async () => (await reader.query(`select from inbox where consumer like 'auth.%'`)).rowCount! > 0,
      { what: 'the mail is sent' },
    );
    const { rows } = await admin.query(
      `select bool_and(ssl) as all_tls, count(*) > 3 as several from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'mainstay'`,
    );
    expect(rows).toEqual([{ all_tls: true, several: true }]);
    expect(api.output + worker.output).not.toContain('SECURITY WARNING');
  });
});
