import type { Logger } from 'pino';
import type { LogLevelName } from '#libs/config';

/** The level of the log of this process: the configured one, or another one for a time. */
export class LogLevel {
  #restoring: NodeJS.Timeout | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly configured: LogLevelName,
  ) {}

  get current(): LogLevelName {
    return this.logger.level as LogLevelName;
  }

  /** Changes the level. It goes back after `forMs` milliseconds, also if nobody can say so then. */
  change(level: LogLevelName, forMs: number): void {
    this.#set(level);
    clearTimeout(this.#restoring);
    this.#restoring = setTimeout(() => this.restore(), forMs).unref();
  }

  /** Goes back to the configured level. */
  restore(): void {
    clearTimeout(this.#restoring);
    this.#set(this.configured);
  }

  /** Every change is a line of the log, whatever the level is before and after it. */
  #set(level: LogLevelName): void {
    const before = this.current;
    if (level === before) return;
    this.logger.level = level;
    this.logger
      .child({ context: LogLevel.name }, { level: 'info' })
      .info(`the level is ${level}, it was ${before}`);
  }
}
