import type { Logger } from 'pino';
import { watchStatements } from '#libs/database';
import { withoutLiterals } from './sql-text.js';

/** Writes the statements of requests and of attempts at jobs, at the level debug. */
export function logStatements(logger: Pick<Logger, 'debug' | 'isLevelEnabled'>): void {
  watchStatements((text, seconds) => {
    // Most of the time nobody wants to know, and removing the literals takes longer than this question.
    if (!logger.isLevelEnabled('debug')) return;
    const duration = Math.round(seconds * 100_000) / 100;
    logger.debug({ statement: withoutLiterals(text), duration_ms: duration }, 'statement');
  });
}
