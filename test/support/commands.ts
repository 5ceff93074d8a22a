/** Every command that ships, with its arguments and words that it prints where all is well; in an order in which all succeed. */
export const shippedCommands: [name: string, args: string[], said: string][] = [
  ['db-migrate', [], 'The database is up to date.'],
  ['db-status', [], 'bullmq    version'],
  ['doctor', [], 'Nothing is wrong.'],
  ['admin-bootstrap', ['--email', 'root@example.com'], 'choose its password once with this token'],
  ['audit-verify', [], 'The audit log matches its seals.'],
  ['keys-rotate', [], 'is published'],
];
