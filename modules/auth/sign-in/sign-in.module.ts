import { Module } from '@nestjs/common';
import { AuditModule } from '#libs/audit-log';
import { MfaModule } from '../mfa/mfa.module.js';
import { Passwords } from '../passwords/passwords.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInFailures } from './sign-in-failures.js';
import { SignInService } from './password-sign-in.service.js';

/** From any first factor to a session, or to the second factor. */
@Module({
  imports: [AuditModule, SessionsModule, MfaModule],
  providers: [Passwords, SignInFailures, SignInService],
  exports: [SessionsModule, MfaModule, Passwords, SignInService],
})
export class SignInModule {}
