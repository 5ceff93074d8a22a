import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { email } from '#modules/users';
import { linkToken } from '../secrets/mailed-links.contract.js';

export class EmailChangeRequest extends createZodDto(z.strictObject({ email })) {}
export class EmailChangeProof extends createZodDto(z.strictObject({ token: linkToken })) {}
