export { LifecycleService } from './lifecycle.service.js';
export { LifecycleModule } from './lifecycle.module.js';
export { AsyncSignal } from './async-signal.js';
export { run } from './run.js';
