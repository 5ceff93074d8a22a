import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';

export const deploy = z.object({ at: time, version: z.string(), previous_version: z.string() }).meta({
  id: 'OpsDeploy',
  description:
    'The first process that started in another release, or another build of it, than the one before it.',
});
export type OpsDeploy = z.output<typeof deploy>;

export class DeploysView extends createZodDto(
  z
    .object({ data: z.array(deploy).describe('Of the last seven days, the latest first; 50 at most.') })
    .meta({ id: 'OpsDeployList' }),
  { codec: true },
) {}
