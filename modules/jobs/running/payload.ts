import { JobUnreadable } from '../jobs.contract.js';
import type { JobDefinition } from '../jobs.definition.js';
import type { Envelope } from './message.js';

/**
 * What a job carries, made newer version by version when it was promised by an older release. Throws {@link JobUnreadable}
 * for what does not fit the schema then; an upcaster that throws is a bug, and a release that mends it may come in time.
 */
export function readPayload<T>(definition: JobDefinition<T>, { version, payload }: Envelope): T {
  let current = payload;
  for (let from = version; from < definition.version; from += 1) {
    const upcast = definition.upcasters[from];
    if (upcast) current = upcast(current as never);
  }
  const read = definition.schema.safeParse(current);
  if (!read.success) throw new JobUnreadable();
  return read.data;
}
