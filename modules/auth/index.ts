export { AccessGuard } from './guards/access.guard.js';
export { AdminsService } from './admins/admins.service.js';
export { AuthHttpModule, AuthModule, AuthWorkerModule } from './auth.module.js';
export { AuthenticationGuard } from './guards/authentication.guard.js';
export { CsrfGuard } from './guards/csrf.guard.js';
export { AccessDenialsFilter } from './guards/access-denials.filter.js';
export type { MailedPage } from './secrets/mailed-links.contract.js';
export { PasswordResetsService } from './passwords/password-resets.service.js';
export { RevocationRegistry } from './sessions/revocation-registry.js';
