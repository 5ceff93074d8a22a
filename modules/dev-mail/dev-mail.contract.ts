import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { pageLimit } from '#libs/pagination';

const devMailQuery = z.strictObject({
  to: z.email().describe('Only mail to this address.').optional(),
  limit: pageLimit,
});
export class DevMailQuery extends createZodDto(devMailQuery) {}

const devMail = z.object({
  id: z.uuid(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  received_at: time,
});
export const listView = z.object({ data: z.array(devMail) });
