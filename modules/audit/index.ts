export { AuditHttpModule, AuditWorkerModule } from './audit.module.js';
export { verifyAudit } from './audit-verification.js';
