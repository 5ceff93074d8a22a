import { readableLine } from './readable-line.js';

/** Where a log goes. `hasColors` of a terminal also heeds NO_COLOR. */
export type LogTarget = Pick<NodeJS.WriteStream, 'isTTY' | 'write'> & { hasColors?: () => boolean };

/** Returns what writes lines of the log, which have no line break at their end: for people on a terminal, as they are elsewhere. */
export function logOutput(target: LogTarget): (line: string) => void {
  if (!target.isTTY) return (line) => target.write(`${line}\n`);
  const colours = target.hasColors?.() ?? false;
  return (line) => target.write(`${readableLine(line, { colours })}\n`);
}
