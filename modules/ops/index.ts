export { MetricsServer } from './metrics/metrics-server.js';
export { OpsModule } from './ops.module.js';
