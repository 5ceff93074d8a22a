export { AuditHttpModule, AuditWorkerModule } from './audit.module.js';
export { sealAudit } from './audit.processor.js';
export { verifyAudit } from './audit-verification.js';
