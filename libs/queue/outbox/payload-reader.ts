import { JobUnreadable } from './job-problems.js';
import type { JobDefinition } from './job-definition.js';
import type { MessageData } from './message.js';

type Carried = Pick<MessageData, 'version' | 'payload'>;

/**
 * What a job carries, made newer version by version when it was promised by an older release. Throws {@link JobUnreadable}
 * for what does not fit the schema then; an upcaster that throws is a bug, and a release that mends it may come in time.
 */
export function readPayload<T>(definition: JobDefinition<T>, envelope: Carried): T {
  const read = definition.schema.safeParse(upcast(definition, envelope));
  if (!read.success) throw new JobUnreadable();
  return read.data;
}

/** The payload in the shape of this release's version, as far as its upcasters lead; not checked. */
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
