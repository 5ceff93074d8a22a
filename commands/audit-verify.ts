import { parseArgs } from 'node:util';
import { Keyring, loadConfig } from '#libs/config';
import { createPool, Database } from '#libs/database';
import { verifyAudit } from '#modules/audit';
import { command } from './support/command.js';

/**
 * Compares the audit log with its seals. The exit code is 1 when the log was changed. `--head <hex>` is a head from the log
 * of a worker.
 */
await command(async () => {
  const { values } = parseArgs({ options: { head: { type: 'string' }, json: { type: 'boolean' } } });
  if (values.head !== undefined && !/^[\da-f]{64}$/.test(values.head))
    throw new Error('A head is 64 hexadecimal digits, as the worker logs it with each seal.');
  const config = loadConfig(process.env);
  const pool = createPool(config.DATABASE_URL, { role: 'tool', max: 1 });
  try {
    const report = await verifyAudit(new Database(pool), new Keyring(config), values);
    console.log(values.json ? JSON.stringify(report, null, 2) : inWords(report));
    if (report.findings.length > 0) process.exitCode = 1;
  } finally {
    await pool.end();
  }
});

function inWords({
  seals,
  sealed,
  unsealed,
  head,
  findings,
}: Awaited<ReturnType<typeof verifyAudit>>): string {
  return [
    ...findings.map(({ kind, detail }) => `${kind}: ${detail}`),
    `${sealed} events under ${seals} seals, ${unsealed} not sealed yet; head ${head ?? 'none'}`,
    findings.length === 0 ? 'The audit log matches its seals.' : `${findings.length} findings.`,
  ].join('\n');
}
