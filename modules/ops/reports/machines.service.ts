import { Injectable } from '@nestjs/common';
import { type ReadSample, SampleReader } from '../samples/sample-reader.js';
import { attributeOf, groupBy, largestOf, latencyOf, meanOf, pointsOf } from './report-math.js';
import { InstancesService } from './instances.service.js';

/** Seconds: the processes as they were in the last minute. */
const seconds = 60;

const ofRuntime = [
  'nodejs.eventloop.delay.p99',
  'nodejs.eventloop.delay.max',
  'nodejs.eventloop.time',
  'process.cpu.time',
  'process.memory.usage',
  'v8js.memory.heap.used',
  'v8js.memory.heap.limit',
  'v8js.gc.duration',
];

const usage = 'db.client.connections.usage';
const waiting = 'db.client.connection.pending_requests';
const limit = 'db.client.connection.max';
const poolName = 'db.client.connection.pool.name';
const acquisition = 'db.client.connection.wait_time';
const operation = 'db.client.operation.duration';

/** Shows the event loop, memory and pool of each process. */
@Injectable()
export class MachinesService {
  constructor(
    private readonly samples: SampleReader,
    private readonly instances: InstancesService,
  ) {}

  async listProcesses() {
    const [instances, samples] = await Promise.all([this.instances.list(), this.#read(ofRuntime)]);
    const byInstance = Map.groupBy(samples, ({ instanceId }) => instanceId);
    return instances.map((instance) => ({ instance, ...runtimeOf(byInstance.get(instance.id) ?? []) }));
  }

  /** Returns the pools, how long callers wait for a connection, and how long each kind of statement takes. */
  async describePools() {
    const samples = await this.#read([usage, waiting, limit, acquisition, operation]);
    const byInstance = Map.groupBy(samples, ({ instanceId }) => instanceId);
    return {
      pools: [...byInstance].flatMap(([id, own]) => poolsOf(id, own)),
      acquisition: latencyOf(acquisition, groupBy(samples, acquisition)[0]),
      operations: groupBy(samples, operation, ['db.operation.name'])
        .map((point) => ({ operation: point.a[0] ?? '', duration: latencyOf(operation, point) }))
        .sort((a, b) => b.duration.count - a.duration.count),
    };
  }

  #read(metrics: string[]): Promise<ReadSample[]> {
    return this.samples.read({ metrics, seconds, resolution: '10s' });
  }
}

function runtimeOf(samples: ReadSample[]) {
  const mean = (metric: string) => meanOf(pointsOf(samples, metric));
  const largest = (metric: string) => largestOf(pointsOf(samples, metric));
  const loop = groupBy(samples, 'nodejs.eventloop.time', ['nodejs.eventloop.state']);
  const active = loop.find(({ a }) => a[0] === 'active')?.v ?? 0;
  const total = loop.reduce((sum, { v }) => sum + v, 0);
  const [cpu] = groupBy(samples, 'process.cpu.time');
  return {
    loop_delay_p99: largest('nodejs.eventloop.delay.p99'),
    loop_delay_max: largest('nodejs.eventloop.delay.max'),
    loop_utilization: total === 0 ? null : active / total,
    // The loop knows how much time the samples cover.
    cpu_share: !cpu || total === 0 ? null : cpu.v / total,
    memory_bytes: mean('process.memory.usage'),
    heap_bytes: mean('v8js.memory.heap.used'),
    heap_limit_bytes: mean('v8js.memory.heap.limit'),
    gc: latencyOf('v8js.gc.duration', groupBy(samples, 'v8js.gc.duration')[0]),
  };
}

function poolsOf(instanceId: string, samples: ReadSample[]) {
  const names = new Set(pointsOf(samples, limit).map((point) => attributeOf(limit, poolName, point) ?? ''));
  return [...names].map((pool) => {
    const own = (metric: string, state?: string) =>
      pointsOf(samples, metric).filter(
        (point) =>
          attributeOf(metric, poolName, point) === pool &&
          (state === undefined || attributeOf(metric, 'db.client.connection.state', point) === state),
      );
    return {
      instance_id: instanceId,
      app: samples[0]!.app,
      pool,
      used: meanOf(own(usage, 'used')) ?? 0,
      idle: meanOf(own(usage, 'idle')) ?? 0,
      max: meanOf(own(limit)) ?? 0,
      waiting: largestOf(own(waiting)) ?? 0,
    };
  });
}
