import { Logger } from '@nestjs/common';

/** Writes one line when a dependency stops answering, with the reason, and one when it answers again. */
export class OutageLog {
  readonly #log = new Logger('Health');
  #begunAt: number | undefined;

  constructor(private readonly dependency: string) {}

  failed(error: unknown): void {
    if (this.#begunAt !== undefined) return;
    this.#begunAt = performance.now();
    this.#log.warn(`${this.dependency} cannot be used: ${reasonOf(error)}`);
  }

  passed(): void {
    if (this.#begunAt === undefined) return;
    const seconds = Math.round((performance.now() - this.#begunAt) / 1000);
    this.#begunAt = undefined;
    this.#log.warn(`${this.dependency} can be used again, after ${seconds} s`);
  }
}

/** Node wraps the failures of several addresses of one host. No message of a driver contains a password. */
function reasonOf(error: unknown): string {
  const { message, code } = (error instanceof AggregateError ? error.errors[0] : error) as {
    message?: string;
    code?: string;
  };
  return message || code || 'the reason is not known';
}
