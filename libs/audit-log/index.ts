export { Audit } from './audit-log.js';
export { AuditModule } from './audit-log.module.js';
export { auditEvents } from './audit.schema.js';
