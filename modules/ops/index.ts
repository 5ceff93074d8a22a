export { MetricsServer } from './metrics/metrics-server.js';
export { OpsHttpModule, OpsModule, OpsWorkerModule } from './ops.module.js';
export { isRouteOfUsers } from './reports/route-of-users.js';
export { Sampler } from './samples/sampler.js';
