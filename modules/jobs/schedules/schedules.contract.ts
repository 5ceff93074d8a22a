import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';

const scheduleView = z
  .object({
    name: z.string(),
    cron: z.string().meta({ description: 'Five fields, or six with the second in front.' }),
    time_zone: z.string().meta({ description: 'IANA name of the zone on whose clock the cron is read.' }),
    job: z.string().meta({ description: 'The job that it enqueues, for example users.export.' }),
    paused: z.boolean(),
    next_run_at: time.nullable().meta({ description: 'Null while it is paused.' }),
    last_run_at: time.nullable().meta({ description: 'When its job was last enqueued.' }),
    late: z
      .boolean()
      .meta({ description: 'Due for a minute, or for more than two slots, and not enqueued.' }),
  })
  .meta({ id: 'Schedule' });

/** Not in pages: there are as many schedules as the code declares. */
export class ScheduleListView extends createZodDto(z.object({ data: z.array(scheduleView) }), {
  codec: true,
}) {}
