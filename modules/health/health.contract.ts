import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { defineProblem } from '#libs/problem';

export class StatusView extends createZodDto(
  z
    .object({
      status: z.enum(['ok', 'degraded']),
      /** The checks, only for callers with ops:read. */
      checks: z.record(z.string(), z.looseObject({ status: z.string() })).optional(),
    })
    .meta({ id: 'HealthStatus' }),
) {}

export class NotReady extends defineProblem({
  kind: 'unavailable',
  code: 'health.not-ready',
  title: 'The process is not ready',
  help: 'It is starting or stopping, or a service that it needs does not answer. The log says which; another process may be ready.',
}) {}
