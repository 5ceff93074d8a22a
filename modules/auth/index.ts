export { AccessGuard } from './access.guard.js';
export { AdminsService } from './admins.service.js';
export { AuthHttpModule, AuthModule, AuthWorkerModule } from './auth.module.js';
export { AuthenticationGuard } from './authentication.guard.js';
export { CsrfGuard } from './csrf.guard.js';
export { PasswordResetsService } from './password-resets.service.js';
