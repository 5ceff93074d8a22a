import type { z } from 'zod';
import type { Permission } from '#libs/access';

export interface JobOptions {
  /** Jobs of one queue share its workers: long work gets a queue of its own, so that short work does not wait for it. */
  queue?: string;
  /** How long one run may take before its signal aborts. */
  timeoutMs?: number;
  /** Runs in all, the first included, with 1 s, 2 s, 4 s … up to 1 h between them (full jitter). */
  attempts?: number;
  /**
   * True: the handler runs inside the transaction that records the job as done, so its effect happens exactly
   * once. False: for work that takes long or leaves the database; it must be harmless to repeat.
   */
  transactional?: boolean;
  /** True: a client can watch it, cancel it and fetch its result under /v1/jobs/{id}. */
  operation?: boolean;
  /** What somebody must hold to fetch the result, its owner too: an API key may hold less, and rights may be lost. */
  resultNeeds?: Permission;
  /**
   * How many of them one owner may have handed out at a time; the others wait in the outbox, so that an owner
   * with many does not keep the rest waiting. A job between two tries keeps its place. Jobs without an owner are not counted.
   * Such a job takes no ordering key.
   */
  maxRunningPerOwner?: number;
  /** Raised when the payload changes in a way that older workers cannot read: they leave newer versions to newer workers. */
  version?: number;
  /**
   * Makes a payload of the next version out of one of the version it stands at, for promises older than this release. A
   * version without one is passed on as it is; in the end the schema decides.
   */
  upcasters?: Record<number, (payload: never) => unknown>;
}

/** Options that mean something by being left out. */
type Optional = 'resultNeeds';
type Settled = Required<Omit<JobOptions, Optional>>;

export interface JobDefinition<T> extends Settled, Pick<JobOptions, Optional> {
  name: string;
  schema: z.ZodType<T, T>;
}

/** Eight tries span about two minutes on average: longer than a restart or failover of what the job depends on. */
const defaults: Settled = {
  queue: 'default',
  timeoutMs: 60_000,
  attempts: 8,
  transactional: true,
  operation: false,
  maxRunningPerOwner: Infinity,
  version: 1,
  upcasters: {},
};

const registry = new Map<string, JobDefinition<never>>();

/**
 * Declares a job: its name on the wire and what it carries. Every declared job needs exactly one
 * {@link ProcessJob} handler, or the worker refuses to start. The schema must not transform, because what is
 * promised is validated again when it is done.
 */
export function defineJob<T>(
  name: string,
  schema: z.ZodType<T, T>,
  options: JobOptions = {},
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

/** Every declared job: each module's contract adds its own when it loads. */
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
      throw new Error(`${name} is at version ${version}, so nothing of version ${from} is to be made newer.`);
  }
}
