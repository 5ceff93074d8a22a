export { HealthHttpModule, HealthWorkerModule } from './health.module.js';
