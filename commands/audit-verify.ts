import { Keyring, loadConfig } from '#libs/config';
import { createPool, Database } from '#libs/database';
import { verifyAudit } from '#modules/audit';
import { command } from './support/command.js';

const line = {
  name: 'npm run audit:verify',
  does: 'Compares the audit log with its seals. The exit code is 1 when the log was changed.',
  options: {
    head: {
      type: 'string',
      value: 'hex',
      does: 'a head that a worker has logged: the audit log must lead to it',
    },
    json: { type: 'boolean', does: 'prints the report for programs' },
  },
} as const;

await command(line, async ({ values }) => {
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
