import type { JobDefinition } from './job-definition.js';
import { JobUnreadable } from './job-problems.js';
import type { MessageData } from './message.js';

type Carried = Pick<MessageData, 'version' | 'payload'>;

/**
 * The payload of a message, made newer version by version when an older release enqueued it. Throws {@link JobUnreadable}
 * when the result does not fit the schema. An upcaster that throws is a bug, which a newer release may fix in time.
 */
export function readPayload<T>(definition: JobDefinition<T>, message: Carried): T {
  const read = definition.schema.safeParse(upcast(definition, message));
  if (!read.success) throw new JobUnreadable();
  return read.data;
}

/** The payload in the shape of this release's version, as far as its upcasters lead; not checked against the schema. */
export function upcast(
  definition: Pick<JobDefinition<never>, 'version' | 'upcasters'>,
  { version, payload }: Carried,
): unknown {
  let current = payload;
  for (let from = version; from < definition.version; from += 1) {
    const step = definition.upcasters[from];
    if (step) current = step(current as never);
  }
  return current;
}
