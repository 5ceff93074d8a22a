import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';

const count = z.int().min(0);

export class AuditChainView extends createZodDto(
  z
    .object({
      is_intact: z.boolean().meta({
        description:
          'Whether the events under the last seals are the ones that were sealed. `npm run audit:verify` compares all of them.',
      }),
      verified_seals: count.meta({ description: 'How many of the last seals were compared.' }),
      verified_events: count,
      unsealed_events: count.meta({
        description: 'Later events; the worker seals every minute. 1,000 stands for that many or more.',
      }),
      last_sealed_at: time.nullable(),
      findings: z.array(z.string()).meta({ description: 'What does not match.' }),
    })
    .meta({ id: 'AuditChain' }),
  { codec: true },
) {}
export type AuditChain = z.output<typeof AuditChainView.schema>;
