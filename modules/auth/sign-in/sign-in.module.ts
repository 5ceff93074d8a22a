import { Module } from '@nestjs/common';
import { AuditLogModule } from '#libs/audit-log';
import { MfaModule } from '../mfa/mfa.module.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInFailures } from './sign-in-failures.js';
import { SignInService } from './sign-in.service.js';

/** From any first factor to a session, or to the second factor. */
@Module({
  imports: [AuditLogModule, SessionsModule, MfaModule],
  providers: [PasswordsService, SignInFailures, SignInService],
  exports: [SessionsModule, MfaModule, PasswordsService, SignInService],
})
export class SignInModule {}
