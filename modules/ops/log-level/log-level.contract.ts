import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { logLevels } from '#libs/config';
import { lineOfText, time } from '#libs/http';

/** Four hours: long enough for the night of an incident, and forgotten no longer than that. */
const maxMinutes = 240;

/** No running process is silenced: whoever could do that could act without a line in the log. */
const level = z.enum(logLevels).exclude(['silent']);

export const groups = ['all', 'api', 'worker'] as const;

const target = z
  .union([z.enum(groups), z.uuid()])
  .describe('All processes, those of one app, or the one with this id in GET /v1/ops/runtime.');

const logLevel = z
  .object({
    level: level.nullable().describe('Null while every process logs as its LOG_LEVEL says.'),
    target: target.nullable(),
    until: time.nullable().describe('When the processes go back by themselves.'),
    reason: z.string().nullable(),
    changed_by: z.uuid().nullable(),
    changed_at: time.nullable(),
    version: z.int(),
  })
  .meta({ id: 'OpsLogLevel', description: 'The level that an operator gave to the log for a time.' });
export type OpsLogLevel = z.output<typeof logLevel>;

export class LogLevelView extends createZodDto(logLevel, { codec: true }) {}

export class LogLevelChange extends createZodDto(
  z.strictObject({
    level,
    target,
    minutes: z.int().min(1).max(maxMinutes),
    reason: lineOfText(3, 500).describe('Why; kept in the audit log.'),
  }),
) {}
