export { DevPagesModule } from './dev-pages.module.js';
export { developmentHeader } from './development-header.js';
export { tokenPageFor } from './token-pages.js';
