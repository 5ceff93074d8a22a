import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

/** The answer to a request that enqueued a job: 202, with the path of its operation in Location. */
const jobAccepted = z.object({ id: z.uuid(), state: z.literal('queued') }).meta({ id: 'JobAccepted' });

export class JobAcceptedView extends createZodDto(jobAccepted) {}
