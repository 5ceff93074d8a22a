import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { dataDirOf } from '../machine/environment.js';
import { devFileOf } from '../dev/supervisor/preflight.js';
import type { Running } from '../dev/supervisor/supervisor.js';

/** Milliseconds an instance that runs may take to answer. */
const ANSWER_MS = 2000;

/** Lines of a start that failed which are shown; the reason is the last one. */
const SHOWN_LINES = 15;

export interface Instance extends Running {
  /** Whether it was here before. */
  wasRunning: boolean;
  /** Stops what was started here; an instance that was running stays. */
  stop(): Promise<void>;
}

/** The development installation of this data directory: the one that runs, or one that is started now. */
export async function openInstance(env: NodeJS.ProcessEnv): Promise<Instance> {
  const running = await findRunning(env);
  if (running) return { ...running, wasRunning: true, stop: async () => {} };
  const launcher = spawn(process.execPath, ['--enable-source-maps', 'build/tools/dev/start.js'], {
    env,
    // The channel lets the launcher notice our end, however it comes.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A Ctrl-C in the terminal reaches it through us, once.
    detached: true,
  });
  try {
    await untilReady(launcher);
  } catch (error) {
    await stop(launcher);
    throw error;
  }
  const started = readDevFile(env);
  if (!started) throw new Error('The instance is ready, but wrote no dev.json.');
  return { ...started, wasRunning: false, stop: () => stop(launcher) };
}

async function findRunning(env: NodeJS.ProcessEnv): Promise<Running | undefined> {
  const running = readDevFile(env);
  if (!running) return undefined;
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(`${running.api_url}/health/ready`, { signal });
    await response.body?.cancel();
    return response.ok ? running : undefined;
  } catch {
    return undefined;
  }
}

function readDevFile(env: NodeJS.ProcessEnv): Running | undefined {
  try {
    return JSON.parse(readFileSync(devFileOf(dataDirOf(env)), 'utf8')) as Running;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Reads on after that: a launcher whose output nobody takes would stop working. */
function untilReady(launcher: ChildProcess): Promise<void> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    for (const input of [launcher.stdout!, launcher.stderr!]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        if (lines.length > SHOWN_LINES) lines.shift();
        if (line.startsWith('mainstay ready')) resolve();
      });
    }
    launcher.once('error', reject);
    launcher.once('close', () => reject(new Error(`The start failed:\n${lines.join('\n')}`)));
  });
}

async function stop(launcher: ChildProcess): Promise<void> {
  if (launcher.exitCode !== null || launcher.signalCode !== null) return;
  const exited = once(launcher, 'exit');
  launcher.kill('SIGTERM');
  await exited;
}
