import { describe, expect, it } from '@jest/globals';
import { runInContext } from '#libs/context';
import { startCpuShare } from './cpu-share.js';
import { collectMetrics, defineCounter, defineGauge, defineHistogram } from './define.js';
import { exposition, formatFor } from './exposition.js';

async function collected(name: string) {
  return (await collectMetrics()).find(({ type }) => type.name === name)!;
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('a metric', () => {
  it('counts what is in each bucket, bounds included', async () => {
    const measure = defineHistogram({
      name: 'test.size',
      unit: 'By',
      description: 'sizes',
      attributes: ['kind'],
      buckets: [1, 10, 100],
    });
    for (const value of [0, 1, 1.5, 10, 99, 1000]) measure(value, { kind: 'a' });
    measure(5, { kind: 'b' });
    const { series } = await collected('test.size');
    expect(series.map(({ attributes, counts, value }) => [attributes, counts, value])).toEqual([
      [['a'], [2, 2, 1, 1], 1111.5],
      [['b'], [0, 1, 0, 0], 5],
    ]);
  });

  it('has a bounded number of series, whatever the attributes are', async () => {
    const count = defineCounter({
      name: 'test.paths',
      unit: '{path}',
      description: '',
      attributes: ['path'],
    });
    for (let n = 0; n < 10_000; n += 1) count({ path: `/${n}` });
    const { series } = await collected('test.paths');
    expect(series).toHaveLength(2001);
    expect(series.reduce((sum, { value }) => sum + value, 0)).toBe(10_000);
    expect(series.find(({ attributes }) => attributes[0] === 'other')?.value).toBe(8000);
  });

  it('exists once', () => {
    const define = () =>
      defineCounter({ name: 'test.twice', unit: '{one}', description: '', attributes: [] });
    define();
    expect(define).toThrow('Two metrics have the name test.twice.');
  });

  it('is there without the readers that fail or never answer, and without those that were removed', async () => {
    const observe = defineGauge({ name: 'test.read', unit: '1', description: '', attributes: ['by'] });
    observe(() => Promise.reject(new Error('away')));
    const stopSilent = observe(() => new Promise(() => {}));
    observe(() => [{ value: 0.5, by: { by: 'kept' } }]);
    const stop = observe(() => [{ value: 1, by: { by: 'removed' } }]);
    stop();
    const { series } = await collected('test.read');
    stopSilent();
    expect(series.map(({ attributes, value }) => [attributes, value])).toEqual([[['kept'], 0.5]]);
  });
});

describe('the text formats', () => {
  const measure = defineHistogram({
    name: 'test.duration',
    unit: 's',
    description: 'a duration',
    attributes: ['http.route'],
    buckets: [0.5, 1],
  });
  const count = defineCounter({
    name: 'test.events',
    unit: '{event}',
    description: 'events',
    attributes: ['name'],
  });
  const traced = { requestId: 'a-request', traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  runInContext(traced, () => measure(0.75, { 'http.route': '/a' }));
  measure(2, { 'http.route': '/a' });
  count({ name: 'with "quotes", \\ and\nlines' }, 3);

  const shown = async (format: 'prometheus' | 'openmetrics') =>
    exposition([await collected('test.duration'), await collected('test.events')], format, {
      'service.name': 'the "api"',
      'service.version': '1.2.3',
    }).body;

  it('are that of Prometheus', async () => {
    expect(await shown('prometheus')).toBe(`# HELP target_info which process this is
# TYPE target_info gauge
target_info{service_name="the \\"api\\"",service_version="1.2.3"} 1
# HELP test_duration_seconds a duration
# TYPE test_duration_seconds histogram
test_duration_seconds_bucket{http_route="/a",le="0.5"} 0
test_duration_seconds_bucket{http_route="/a",le="1"} 1
test_duration_seconds_bucket{http_route="/a",le="+Inf"} 2
test_duration_seconds_sum{http_route="/a"} 2.75
test_duration_seconds_count{http_route="/a"} 2
# HELP test_events_total events
# TYPE test_events_total counter
test_events_total{name="with \\"quotes\\", \\\\ and\\nlines"} 3
`);
  });

  it('are OpenMetrics, with the trace of a value', async () => {
    const text = await shown('openmetrics');
    expect(text.replace(/ \d{10}(\.\d+)?$/m, ' <time>')).toBe(`# HELP target which process this is
# TYPE target info
target_info{service_name="the \\"api\\"",service_version="1.2.3"} 1
# HELP test_duration_seconds a duration
# TYPE test_duration_seconds histogram
# UNIT test_duration_seconds seconds
test_duration_seconds_bucket{http_route="/a",le="0.5"} 0
test_duration_seconds_bucket{http_route="/a",le="1.0"} 1 # {trace_id="${traceId}"} 0.75 <time>
test_duration_seconds_bucket{http_route="/a",le="+Inf"} 2
test_duration_seconds_sum{http_route="/a"} 2.75
test_duration_seconds_count{http_route="/a"} 2
# HELP test_events events
# TYPE test_events counter
test_events_total{name="with \\"quotes\\", \\\\ and\\nlines"} 3
# EOF
`);
  });

  it.each([
    [undefined, 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/plain', 'prometheus'],
    ['application/openmetrics-text', 'openmetrics'],
    ['application/openmetrics-text;version=1.0.0;q=0.5, text/plain;version=0.0.4;q=0.9', 'prometheus'],
    ['application/openmetrics-text;q=0', 'prometheus'],
    // Prometheus 2.42 and 3.
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics',
    ],
  ])('are chosen for Accept: %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});

describe('CPU time', () => {
  const burn = (ms: number) => {
    const start = process.cpuUsage();
    const used = () => {
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    while (used() < ms);
  };

  it('belongs to the work that is in progress, in equal parts, and is given out once', () => {
    burn(5);
    const start = process.cpuUsage();
    const first = startCpuShare();
    burn(20);
    const second = startCpuShare();
    burn(20);
    const [ofSecond, ofFirst] = [second(), first()];
    const { user, system } = process.cpuUsage(start);
    expect(ofFirst + ofSecond).toBeLessThanOrEqual((user + system) / 1e6);
    expect(ofFirst + ofSecond).toBeGreaterThanOrEqual(0.04);
    // The first was alone for half of the time.
    expect(ofFirst - ofSecond).toBeGreaterThanOrEqual(0.0199);
    expect(ofSecond).toBeGreaterThanOrEqual(0.0099);
  });
});
