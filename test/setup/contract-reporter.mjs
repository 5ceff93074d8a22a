const backends = ['postgres', 'redis'];

/** Says what of the contract of the queue backends was tested on which: each test on both, apart from those it names. */
export default class ContractReporter {
  onRunComplete(_contexts, { testResults }) {
    const passedOn = { postgres: new Set(), redis: new Set() };
    for (const { fullName, status } of testResults.flatMap(({ testResults: tests }) => tests)) {
      const backend = /\b(postgres|redis)\b/.exec(fullName)?.[1];
      if (backend && status === 'passed') passedOn[backend].add(fullName.replace(backend, '…'));
    }
    const onBoth = passedOn.postgres.intersection(passedOn.redis);
    if (onBoth.size === 0) return;
    const lines = backends.flatMap((backend) =>
      [...passedOn[backend].difference(onBoth)].map((name) => `  on ${backend} alone: ${name}`),
    );
    const title = `\nThe contract of the queue backends: ${onBoth.size} tests passed on both`;
    process.stderr.write(`${[title, ...lines].join('\n')}\n`);
  }
}
