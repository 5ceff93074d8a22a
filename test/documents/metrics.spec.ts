import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { metricTypes } from '#libs/metrics';
// Both processes: each module adds its metrics to the catalogue when it loads.
import '../support/apps.js';

it('docs/metrics.md lists every metric that the code reports, and no other', () => {
  const section = /^## Every metric\n([\s\S]*?)(?=^## )/m.exec(readFileSync('docs/metrics.md', 'utf8'))?.[1];
  const rows = (section ?? '').split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(listed).toEqual(
    metricTypes().map(({ name, kind, unit, attributes, description }) => [
      `\`${name}\``,
      kind,
      `\`${unit}\``,
      attributes.map((attribute) => `\`${attribute}\``).join(', '),
      description,
    ]),
  );
});
