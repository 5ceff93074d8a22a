export { DevMailHttpModule, DevMailWorkerModule } from './dev-mail.module.js';
