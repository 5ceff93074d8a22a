/** Prints which tests of modules/jobs ran on which queue backend: what is promised of both, and what only one is asked for. */
export default class ContractReporter {
  onRunComplete(_contexts, { testResults }) {
    const backends = { postgres: new Set(), redis: new Set() };
    for (const { testFilePath, testResults: tests } of testResults) {
      if (!/[\\/]modules[\\/]jobs[\\/]/.test(testFilePath)) continue;
      for (const { fullName, status } of tests) {
        const backend = /\b(postgres|redis)\b/.exec(fullName)?.[1];
        if (backend && status === 'passed') backends[backend].add(fullName.replace(backend, '…'));
      }
    }
    const names = [...backends.postgres.union(backends.redis)].sort((a, b) => a.localeCompare(b));
    if (names.length === 0) return;
    const mark = (name, backend) => (backends[backend].has(name) ? '✓' : '–');
    const lines = names.map((name) => `  ${mark(name, 'postgres')}  ${mark(name, 'redis')}  ${name}`);
    const { size: onPostgres } = backends.postgres;
    const { size: onRedis } = backends.redis;
    process.stdout.write(
      `\nThe contract of the queue backends: ${onPostgres} passed on Postgres, ${onRedis} on Redis\n${lines.join('\n')}\n`,
    );
  }
}
