export { LifecycleService } from './lifecycle.service.js';
export { LifecycleModule } from './lifecycle.module.js';
export { PeriodicTask } from './periodic-task.js';
export { run } from './run.js';
