export { AccessGuard } from './guards/access.guard.js';
export { AdminsService } from './admins.service.js';
export { AuthHttpModule, AuthModule, AuthWorkerModule } from './auth.module.js';
export { AuthenticationGuard } from './guards/authentication.guard.js';
export { CsrfGuard } from './guards/csrf.guard.js';
export { DenialsFilter } from './guards/denials.filter.js';
export { SigningKeysService } from './oauth/signing-keys.service.js';
export { PasswordResetsService } from './passwords/password-resets.service.js';
