export { ConsoleHttpModule } from './console.module.js';
