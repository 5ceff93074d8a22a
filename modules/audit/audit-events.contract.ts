import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { pageOf, pageQuery } from '#libs/pagination';

const outcome = z.enum(['success', 'failure', 'denied']);

const auditEventView = z
  .object({
    id: z.uuid(),
    seq: z
      .int()
      .meta({ description: 'The order of the events. Some numbers are missing because no event got them.' }),
    at: time,
    actor_kind: z.enum(['user', 'service', 'system']),
    actor_id: z.string().nullable(),
    impersonator_id: z.uuid().nullable().meta({ description: 'The administrator who acted as the actor.' }),
    action: z.string().meta({ examples: ['users.change'] }),
    target: z.string().meta({ examples: ['user:0199c0de-0000-7000-8000-000000000000'] }),
    outcome,
    reason: z.string().nullable(),
    request_id: z.string().nullable(),
    session_id: z.uuid().nullable(),
    api_key_id: z.string().nullable(),
    client_network: z.string().nullable().meta({ description: 'A /24 or /64.' }),
    meta: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.output<typeof auditEventView>;

export class AuditEventPageView extends createZodDto(pageOf(auditEventView).meta({ id: 'AuditEventPage' }), {
  codec: true,
}) {}

export class AuditEventQuery extends createZodDto(
  pageQuery({
    action: z.string().max(100).optional(),
    actor: z
      .string()
      .max(100)
      .describe('Id of the user or service, or of an administrator who acted as the user.')
      .optional(),
    target: z.string().max(200).describe('`kind:id`').optional(),
    outcome: outcome.optional(),
    from: z.iso.datetime().describe('Inclusive.').optional(),
    to: z.iso.datetime().describe('Exclusive.').optional(),
  }),
) {}
