export { Lifecycle } from './lifecycle.js';
export { LifecycleModule } from './lifecycle.module.js';
export { run } from './run.js';
