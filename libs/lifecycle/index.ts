export { Lifecycle } from './lifecycle.js';
export { LifecycleModule } from './lifecycle.module.js';
export { Bell } from './async-signal.js';
export { run } from './run.js';
