import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';

/** Runs jest with these arguments and variables. This process gets the exit code of jest. */
export async function runJest(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  // jest runs ES modules through Node's vm modules, which are behind a flag (jest manual, "ECMAScript Modules").
  const jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      ...args,
    ],
    { stdio: 'inherit', env: { ...process.env, ...env } },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => jest.kill(signal));
  const [code, signal] = (await once(jest, 'exit')) as [number | null, NodeJS.Signals | null];
  process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
}

/** Puts the usual paths before the arguments for jest, unless these name some themselves. */
export function withPaths(usual: readonly string[], given: readonly string[]): string[] {
  return [...(namesPaths(given) ? [] : usual), ...given];
}

export function namesPaths(args: readonly string[]): boolean {
  return args.some((argument) => !argument.startsWith('-'));
}
