import { Module } from '@nestjs/common';
import { Passwords } from '../passwords/passwords.js';
import { SessionsModule } from './sessions.module.js';
import { SignInService } from './sign-in.service.js';

/** From any first factor to a session. */
@Module({
  imports: [SessionsModule],
  providers: [Passwords, SignInService],
  exports: [SessionsModule, Passwords, SignInService],
})
export class SignInModule {}
