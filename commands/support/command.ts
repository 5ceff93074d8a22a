import { type Arguments, type CommandLine, readArguments } from './command-line.js';

/** Reads the arguments and runs a command. A failure prints only its message and sets exit code 1. */
export async function command<const Line extends CommandLine>(
  line: Line,
  main: (given: Arguments<Line['options']>) => Promise<void>,
): Promise<void> {
  const given = readArguments(line) as Arguments<Line['options']>;
  try {
    await main(given);
  } catch (error) {
    console.error(`mainstay: ${error instanceof Error ? error.message : String(error)}`);
    if (process.env.DEBUG) console.error(error);
    process.exitCode = 1;
  }
}
