import { Injectable, type OnModuleInit, SetMetadata } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { JobOutcome, JobRun } from '../operations/job-run.js';
import { declaredJobs, findJob, type JobDefinition } from '../outbox/job-definition.js';

type Handle<T> = (run: JobRun<T>) => Promise<JobOutcome | void>;

const handledJob = Symbol('handled job');

/** Marks the method of a provider that does the job. The worker calls it with a {@link JobRun}. */
export const ProcessJob =
  <T>(definition: JobDefinition<T>) =>
  <H extends Handle<T>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    SetMetadata(handledJob, definition.name)(target, key, descriptor);
  };

export interface HandledJob {
  definition: JobDefinition<never>;
  handle: Handle<never>;
}

/** Knows which method does which job. Refuses the start of a worker that could not do what other processes enqueue. */
@Injectable()
export class JobHandlers implements OnModuleInit {
  readonly #handlers = new Map<string, Handle<never>>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (typeof instance === 'object' && instance !== null)
        this.#addFrom(instance as Record<string, unknown>);
    }
    const missing = declaredJobs().filter(({ name }) => !this.#handlers.has(name));
    if (missing.length > 0) {
      const names = missing.map(({ name }) => name).join(', ');
      throw new Error(
        `No handler for: ${names}. Put @ProcessJob on a method of a provider that the worker imports.`,
      );
    }
  }

  /** The handler of a job, or nothing for a job that only a newer release knows. */
  find(name: string): HandledJob | undefined {
    const definition = findJob(name);
    const handle = this.#handlers.get(name);
    return definition && handle && { definition, handle };
  }

  #addFrom(instance: Record<string, unknown>): void {
    for (const key of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
      const method = instance[key] as Handle<never>;
      const name = Reflect.getMetadata(handledJob, method) as string | undefined;
      if (name === undefined) continue;
      if (this.#handlers.has(name))
        throw new Error(`Two handlers for ${name}; the second is ${instance.constructor.name}.${key}.`);
      this.#handlers.set(name, method.bind(instance));
    }
  }
}
