import type { z } from 'zod';
import type { Permission } from '#libs/access';

export interface JobOptions<T = object> {
  /** Jobs of one queue share its workers: long work gets a queue of its own, so that short work does not wait for it. */
  queue?: string;
  /** Milliseconds that one attempt may take before its signal aborts. */
  timeoutMs?: number;
  /** Attempts in all, the first included, with 1 s, 2 s, 4 s … up to 1 h between them (full jitter). */
  attempts?: number;
  /**
   * True: the handler runs inside the transaction that records the job as done, so its effect happens exactly
   * once. False: for work that takes long or leaves the database; it must be harmless to repeat.
   */
  transactional?: boolean;
  /** True: a client can watch it, cancel it and fetch its result under /v1/jobs/{id}. */
  operation?: boolean;
  /**
   * The permission that the work takes. Whoever fetches the result, edits the dead letter or redrives it needs this permission at
   * that moment, the owner too: an API key may hold less, and rights may be lost. A handler that acts for its owner asks for the
   * owner's rights itself.
   */
  needs?: Permission;
  /**
   * The fields of the payload that an operator may change in a dead letter. The others are closed: a field that carries
   * authority, a recipient or a file would let the editor act in the name of the owner.
   */
  editable?: readonly (keyof T & string)[];
  /**
   * Jobs of this name and one owner that may be dispatched at a time; the others wait in the outbox, so that an owner with many
   * does not keep the others waiting. A job between two attempts counts. Jobs without an owner do not count.
   * A job with this limit takes no ordering key.
   */
  maxRunningPerOwner?: number;
  /** Operations of this name and one owner that may wait for their turn; {@link JobsService.enqueueOperation} refuses more. */
  maxWaitingPerOwner?: number;
  /**
   * Bytes of results that one owner may have stored by operations of this name; when they are used up,
   * {@link JobsService.enqueueOperation} refuses more until the oldest result expires.
   */
  maxStoredBytesPerOwner?: number;
  /** Raised when the payload changes in a way that older workers cannot read: older workers leave newer versions to newer workers. */
  version?: number;
  /**
   * Each makes a payload of the next version out of one of the version it stands at, for jobs that an older release enqueued. A
   * version without one is passed on as it is; in the end the schema decides.
   */
  upcasters?: Record<number, (payload: never) => unknown>;
}

/** Options that mean something by being left out. */
type WithoutDefault = 'needs';
type WithDefault = Required<Omit<JobOptions, WithoutDefault | 'editable'>> & { editable: readonly string[] };

export interface JobDefinition<T> extends WithDefault, Pick<JobOptions, WithoutDefault> {
  name: string;
  schema: z.ZodType<T, T>;
}

/** Eight attempts span about two minutes on average: longer than a restart or failover of what the job depends on. */
/**
 * Enough for a script that asks for one operation after the other, and few enough that they are done within minutes. One
 * gibibyte is ten exports of a million users.
 */
const operationLimits = { maxWaitingPerOwner: 25, maxStoredBytesPerOwner: 1024 * 1024 * 1024 };

const defaults: WithDefault = {
  queue: 'default',
  timeoutMs: 60_000,
  attempts: 8,
  transactional: true,
  operation: false,
  maxRunningPerOwner: Infinity,
  ...operationLimits,
  version: 1,
  upcasters: {},
  editable: [],
};

const registry = new Map<string, JobDefinition<never>>();

/**
 * Declares a job: its name on the wire and its payload. Every declared job needs exactly one
 * {@link ProcessJob} handler, or the worker refuses to start. The schema must not transform, because the payload is
 * validated when the job is enqueued and again when it is done.
 */
export function defineJob<T>(
  name: string,
  schema: z.ZodType<T, T>,
  options: JobOptions<T> = {},
): JobDefinition<T> {
  if (!/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/.test(name))
    throw new Error(`Not a job name: ${name}. Use module.verb-noun.`);
  if (registry.has(name)) throw new Error(`Two jobs have the name ${name}.`);
  const definition: JobDefinition<T> = { name, schema, ...defaults, ...options };
  if (!/^[a-z]+(-[a-z]+)*$/.test(definition.queue)) throw new Error(`Not a queue name: ${definition.queue}.`);
  assertUpcastersReach(definition);
  // One map for jobs of every payload; `never` lets no caller use a schema with data of another job.
  registry.set(name, definition as unknown as JobDefinition<never>);
  return definition;
}

/** Every declared job: each file `<subject>.jobs.ts` adds its own when it loads. */
export function declaredJobs(): JobDefinition<never>[] {
  return [...registry.values()];
}

/** The queues that the declared jobs use. */
export function declaredQueues(): string[] {
  return [...new Set(declaredJobs().map(({ queue }) => queue))].sort();
}

export function findJob(name: string): JobDefinition<never> | undefined {
  return registry.get(name);
}

function assertUpcastersReach({
  name,
  version,
  upcasters,
}: Pick<JobDefinition<never>, 'name' | 'version' | 'upcasters'>): void {
  for (const from of Object.keys(upcasters).map(Number)) {
    if (!Number.isInteger(from) || from < 1 || from >= version)
      throw new Error(`${name} is at version ${version}, so it has no upcaster from version ${from}.`);
  }
}
