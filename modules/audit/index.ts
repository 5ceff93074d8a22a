export { AuditHttpModule, AuditWorkerModule } from './audit.module.js';
export { sealAudit } from './audit.jobs.js';
export { verifyAudit } from './audit-verification.js';
