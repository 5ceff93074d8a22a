export { AuditLog } from './audit-log.js';
export { AuditLogModule } from './audit-log.module.js';
export { auditEvents } from './audit.schema.js';
