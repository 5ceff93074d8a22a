import { monitorEventLoopDelay, performance, PerformanceObserver, constants } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { defineGauge, defineHistogram, defineObservedCounter } from './define.js';

const delayStatistics = ['p50', 'p99', 'max'] as const;

const observeDelay = delayStatistics.map((statistic) =>
  defineGauge({
    name: `nodejs.eventloop.delay.${statistic}`,
    unit: 's',
    description: `how late timers were in the last 10 s, ${statistic}`,
    attributes: [],
  }),
);

const observeLoopTime = defineObservedCounter({
  name: 'nodejs.eventloop.time',
  unit: 's',
  description: 'time of the event loop, `active` or `idle`; the share of `active` is its utilization',
  attributes: ['nodejs.eventloop.state'],
});

const measureGc = defineHistogram({
  name: 'v8js.gc.duration',
  unit: 's',
  description: 'pauses of the garbage collector: `minor`, `major`, `incremental` or `weakcb`',
  attributes: ['v8js.gc.type'],
  buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
});

const observeHeap = defineGauge({
  name: 'v8js.memory.heap.used',
  unit: 'By',
  description: 'objects on the heap of V8',
  attributes: [],
});

const observeHeapLimit = defineGauge({
  name: 'v8js.memory.heap.limit',
  unit: 'By',
  description: 'size of the heap at which V8 ends the process',
  attributes: [],
});

const observeMemory = defineGauge({
  name: 'process.memory.usage',
  unit: 'By',
  description: 'resident memory of the process',
  attributes: [],
});

const observeCpu = defineObservedCounter({
  name: 'process.cpu.time',
  unit: 's',
  description: 'CPU time of all threads of the process, in `user` or `system` mode',
  attributes: ['cpu.mode'],
});

const observeUptime = defineGauge({
  name: 'process.uptime',
  unit: 's',
  description: 'time since the process started',
  attributes: [],
});

/** Milliseconds of one window. Each figure of the delay is from the last whole one. */
const windowMs = 10_000;

const gcTypes: Record<number, string> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

/** The types of Node leave out the detail of a collection. */
interface Collection {
  /** Milliseconds. */
  duration: number;
  detail: { kind: number };
}

/** Begins to report the event loop, the garbage collector, memory and CPU. Returns a function that ends it. */
export function observeRuntime(): () => void {
  const delay = new DelayWindow();
  const collections = new PerformanceObserver((list) => {
    for (const { duration, detail } of list.getEntries() as unknown as Collection[])
      measureGc(duration / 1000, { 'v8js.gc.type': gcTypes[detail.kind] ?? 'other' });
  });
  collections.observe({ entryTypes: ['gc'] });
  const stops = [
    ...delayStatistics.map((name, index) => observeDelay[index]!(() => single(delay.read()[name]))),
    observeLoopTime(() => {
      const { active, idle } = performance.eventLoopUtilization();
      return values('nodejs.eventloop.state', { active: active / 1000, idle: idle / 1000 });
    }),
    observeHeap(() => single(getHeapStatistics().used_heap_size)),
    observeHeapLimit(() => single(getHeapStatistics().heap_size_limit)),
    observeMemory(() => single(process.memoryUsage.rss())),
    observeCpu(() => {
      const { user, system } = process.cpuUsage();
      return values('cpu.mode', { user: user / 1e6, system: system / 1e6 });
    }),
    observeUptime(() => single(process.uptime())),
    () => collections.disconnect(),
    () => delay.stop(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Milliseconds between two looks. Node counts them as a part of each delay. */
const resolution = 20;

/** The delays of the event loop in the last whole window, however many readers ask and when. */
class DelayWindow {
  readonly #delays = monitorEventLoopDelay({ resolution });
  #beganAt = performance.now();
  #last: Record<(typeof delayStatistics)[number], number> | undefined;

  constructor() {
    this.#delays.enable();
  }

  /** Returns seconds. */
  read() {
    if (!this.#last || performance.now() - this.#beganAt >= windowMs) {
      const lateness = (ns: number) => Math.max(0, ns / 1e9 - resolution / 1000);
      const { max } = this.#delays;
      this.#last = {
        p50: lateness(this.#delays.percentile(50)),
        p99: lateness(this.#delays.percentile(99)),
        max: lateness(max),
      };
      this.#delays.reset();
      this.#beganAt = performance.now();
    }
    return this.#last;
  }

  stop(): void {
    this.#delays.disable();
  }
}

const single = (value: number) => [{ value, by: {} }];

function values<A extends string>(attribute: A, byValue: Record<string, number>) {
  return Object.entries(byValue).map(([name, value]) => ({
    value,
    by: { [attribute]: name } as Record<A, string>,
  }));
}
