import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { loadEnvironmentFile } from '../machine/environment.js';
import { openDevelopment } from './development.js';

/**
 * Runs one of commands/, which knows nothing of development, with .env, secrets and a database in its environment:
 * run-command.js <command> [arguments].
 */
const [name, ...args] = process.argv.slice(2);
try {
  loadEnvironmentFile();
  const isHelp = args.some((argument) => argument === '--help' || argument === '-h');
  const { env, close } = isHelp
    ? { env: process.env, close: async () => {} }
    : await openDevelopment(process.env);
  try {
    process.exitCode = await run([`dist/commands/${name}.js`, ...args], env);
  } finally {
    await close();
  }
} catch (error) {
  console.error(`mainstay: ${(error as Error).message}`);
  process.exitCode = 1;
}

/** Runs a script on this Node to its end and returns its exit code. Signals to stop go to the script. */
async function run(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, ['--enable-source-maps', ...args], { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  // The launcher is gone without having told us: kill -9.
  process.on('disconnect', () => child.kill());
  // Listening alone would keep us alive after the end of the script.
  process.channel?.unref();
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
}
