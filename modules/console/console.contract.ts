import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class ConsoleView extends createZodDto(
  z
    .object({
      is_signed_in: z.boolean().meta({
        description:
          'Whether the cookie of the request belongs to a session; its rights say what it may see.',
      }),
      openid_returns: z.boolean().meta({
        description:
          'Whether providers send people back to this origin. Where the front end has another, they return there.',
      }),
      mailbox: z
        .string()
        .nullable()
        .meta({ description: 'The development mailbox, or null where mail is sent for real.' }),
    })
    .meta({ id: 'Console' }),
) {}
