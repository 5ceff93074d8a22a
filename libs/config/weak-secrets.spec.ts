import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { weakSecrets } from './weak-secrets.js';

it('production refuses every key that stands in the repository', async () => {
  const quoted = `['"][A-Za-z0-9_-]{43}['"]`;
  const { stdout } = await promisify(execFile)('git', ['grep', '-hIoE', quoted]);
  const published = stdout
    .trim()
    .split('\n')
    .map((text) => text.slice(1, -1));
  expect(published).not.toHaveLength(0);
  for (const text of published) {
    const faults = weakSecrets({ SECRET_KEYS: text }, () => false);
    expect({ text, faults }).toEqual({ text, faults: [expect.stringMatching(/^SECRET_KEYS: /)] });
  }
});
