import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { email, personName } from '#modules/users';
import { linkToken } from '../secrets/mailed-links.contract.js';
import { newPassword } from '../passwords/passwords.contract.js';

export class Registration extends createZodDto(
  z.strictObject({ email, password: newPassword, name: personName }),
) {}
export class TokenProof extends createZodDto(z.strictObject({ token: linkToken })) {}
