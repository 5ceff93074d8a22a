import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigInvalid, loadConfig } from './config.js';

const example = 'ops/prices.example.json';
const folder = mkdtempSync(join(tmpdir(), 'mainstay-prices-'));
afterAll(() => rmSync(folder, { recursive: true }));

const least = {
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://127.0.0.1/mainstay',
  SECRET_KEYS: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64url'),
};

function pathOf(text: string): string {
  const path = join(folder, 'prices.json');
  writeFileSync(path, text);
  return path;
}

function faultsOf(path: string): string[] {
  try {
    loadConfig({ ...least, PRICES_FILE: path });
  } catch (error) {
    return (error as ConfigInvalid).faults;
  }
  return [];
}

describe('the file of prices', () => {
  it('is an example until another one is named', () => {
    expect(loadConfig(least).PRICES_FILE).toMatchObject({ isExample: true, currency: 'EUR' });
    const own = pathOf(readFileSync(example, 'utf8'));
    expect(loadConfig({ ...least, PRICES_FILE: own }).PRICES_FILE).toMatchObject({ isExample: false });
  });

  it('names every wrong field at once', () => {
    const path = pathOf(
      JSON.stringify({
        currency: 'euro',
        cpu: { cores: 0, per_core_hour: '0.02' },
        database: { cores: 2, per_core_hour: -1 },
        egress: { per_gib: 1, per_gb: 1 },
        fixed_per_month: 5,
        budget_per_month: 0,
      }),
    );
    const faults = faultsOf(path);
    for (const start of [
      'PRICES_FILE[currency]: must be a code of ISO 4217',
      'PRICES_FILE[cpu][cores]: must be a number of cores',
      'PRICES_FILE[cpu][per_core_hour]: must be a number from 0',
      'PRICES_FILE[database][per_core_hour]: must be a number from 0',
      'PRICES_FILE[storage]: is missing',
      'PRICES_FILE[egress]: has fields that nobody knows: per_gb',
      'PRICES_FILE[budget_per_month]: must be a number above 0',
    ])
      expect(faults).toContainEqual(expect.stringContaining(start));
    expect(faults).toHaveLength(7);
  });

  it('must be there, and have an object', () => {
    expect(faultsOf(join(folder, 'none.json'))[0]).toMatch(/^PRICES_FILE: cannot be read \(ENOENT\)/);
    for (const text of ['{', '3', 'null'])
      expect(faultsOf(pathOf(text))[0]).toMatch(/^PRICES_FILE: must be a file with a JSON object/);
    expect(faultsOf(pathOf('[]')).join()).toContain('PRICES_FILE[currency]: is missing');
  });
});
