export { bytesBuckets, jobSecondsBuckets, requestSecondsBuckets } from './buckets.js';
export { startCpuShare } from './cpu-share.js';
export {
  type Collected,
  collectMetrics,
  defineCounter,
  defineGauge,
  defineHistogram,
  metricTypes,
} from './define.js';
export { exposition, formatFor, prometheusName } from './exposition.js';
export { observeRuntime } from './runtime.js';
export type { MetricType } from './metric.js';
