import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';

const userSession = z
  .object({
    id: z.uuid(),
    impersonated: z
      .boolean()
      .meta({ description: 'Whether an administrator acts as this user in this session.' }),
    device: z.string().nullable().meta({ description: 'A name such as Firefox on Windows.' }),
    created_at: time,
    last_seen_at: time,
  })
  .meta({ id: 'UserSession' });

/** Not in pages: a user has few sessions. */
export class UserSessionListView extends createZodDto(
  z.object({ data: z.array(userSession) }).meta({ id: 'UserSessionList' }),
  { codec: true },
) {}
