export { Audit, type AuditEvent } from './audit.js';
export { AuditModule } from './audit.module.js';
