import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

/** The answer to a request whose work was promised: 202, with the operation's path in Location. */
const jobAccepted = z.object({ id: z.uuid(), state: z.literal('queued') }).meta({ id: 'JobAccepted' });

export class JobAcceptedView extends createZodDto(jobAccepted) {}
