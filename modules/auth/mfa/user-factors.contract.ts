import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { lineOfText } from '#libs/http';

const reason = lineOfText(3, 500).describe(
  'Why; kept in the audit log and mailed to the user and all administrators, unless it contains a link.',
);

export class FactorRemoval extends createZodDto(z.strictObject({ reason })) {}
