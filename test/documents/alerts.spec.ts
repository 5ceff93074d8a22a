import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { metricTypes, prometheusName } from '#libs/metrics';
// Both processes: each module adds its metrics to the registry when it loads.
import '../support/apps.js';

interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  annotations?: { summary: string; runbook: string };
  labels?: { severity: string };
}

const rulesFile = 'ops/prometheus/rules.yml';
const { groups } = parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);

/** What Prometheus may be asked for: every sample of every metric, and what the rules record. */
const samples = new Set([
  ...metricTypes().flatMap((type) => {
    const name = prometheusName(type);
    if (type.kind === 'counter') return [`${name}_total`];
    return type.kind === 'gauge' ? [name] : [`${name}_bucket`, `${name}_count`, `${name}_sum`];
  }),
  ...rules.flatMap(({ record }) => record ?? []),
]);

/** The labels of all metrics, and those that Prometheus adds. */
const labels = new Set([
  ...metricTypes().flatMap(({ attributes }) => attributes.map((name) => name.replaceAll('.', '_'))),
  'le',
  'instance',
]);

/** The names in an expression that are no functions, aggregations or operators. */
function namesIn(expression: string): string[] {
  const bare = expression.replaceAll(/"[^"]*"/g, '').replaceAll(/\[[^\]]*\]/g, '');
  return [...bare.matchAll(/[a-z_][\w:]*(?=(\s*\()?)/g)]
    .filter(([, call]) => call === undefined)
    .map(([name]) => name)
    .filter((name) => !['sum', 'max', 'min', 'by', 'and', 'or'].includes(name));
}

const unknownIn = (expression: string) =>
  namesIn(expression).filter((name) => !samples.has(name) && !labels.has(name) && !/^\d/.test(name));

describe('ops/prometheus/rules.yml', () => {
  it('asks only for metrics that there are', () => {
    expect(unknownIn('sum by (le) (rate(no_such_metric[5m]))')).toEqual(['no_such_metric']);
    expect(rules.flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
  });

  it('has a runbook for every alert, and an alert for every runbook', () => {
    for (const { alert, annotations, labels: own } of alerts) {
      expect(['page', 'ticket']).toContain(own?.severity);
      expect(annotations?.summary).toMatch(/\.$/);
      const page = annotations?.runbook ?? '';
      expect(existsSync(page) ? readFileSync(page, 'utf8') : `${page} is missing`).toContain(`\`${alert}\``);
    }
    const used = alerts.map(({ annotations }) => annotations?.runbook);
    expect(readdirSync('docs/runbooks').filter((name) => !used.includes(`docs/runbooks/${name}`))).toEqual(
      [],
    );
  });

  it('has a test for every alert', () => {
    const tested = readFileSync('ops/prometheus/rules.test.yml', 'utf8');
    expect(alerts.filter(({ alert }) => !tested.includes(`alertname: ${alert}\n`))).toEqual([]);
  });
});

describe('ops/grafana/mainstay.json', () => {
  it('asks only for metrics that there are', () => {
    const { panels } = JSON.parse(readFileSync('ops/grafana/mainstay.json', 'utf8')) as {
      panels: { targets: { expr: string }[] }[];
    };
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(10);
    expect(expressions.flatMap(unknownIn)).toEqual([]);
  });
});
