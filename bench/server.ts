import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Profiler } from 'node:inspector';
import { setTimeout as delay } from 'node:timers/promises';
import { tracked } from './children.js';

export interface Usage {
  /** Microseconds of all threads, user and system, since the start of the process. */
  cpuMicros: number;
  residentBytes: number;
}

/** Milliseconds. A start takes one or two seconds, and several times that on a busy machine. */
const readyWithin = 30_000;
const pollEvery = 5;
const stopWithin = 10_000;

/** A server process that the benchmark measures from outside. */
export class Server {
  private constructor(
    readonly name: string,
    readonly url: string,
    /** Milliseconds from the start of the process to the first 200 of its readiness. */
    readonly readyAfterMs: number,
    private readonly process: ChildProcess,
  ) {}

  /**
   * Starts Node with `args` and waits until it is ready. Its log goes to /dev/null, and its stderr is shown.
   * Throws when the process ends or does not become ready.
   */
  static async start(
    name: string,
    args: string[],
    env: NodeJS.ProcessEnv & { PORT: string },
  ): Promise<Server> {
    const url = `http://127.0.0.1:${env.PORT}`;
    const began = performance.now();
    const child = tracked(
      spawn(process.execPath, ['--import', './build/bench/probe.js', ...args], {
        env,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    );
    try {
      await untilReady(name, child, url);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    return new Server(name, url, performance.now() - began, child);
  }

  usage(): Promise<Usage> {
    return this.#ask('usage');
  }

  /** Runs work and returns a profile of the process during it, in the format of V8. */
  async profiled(work: () => Promise<unknown>): Promise<Profiler.Profile> {
    await this.#ask('profile-start');
    await work();
    return this.#ask('profile-stop');
  }

  /** Stops the process with SIGTERM, and kills it when it does not end in time. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), stopWithin);
    await exited;
    clearTimeout(timer);
  }

  /** Asks the probe in the process, see probe.ts. */
  async #ask<T>(question: string): Promise<T> {
    this.process.send(question);
    const [answer] = (await once(this.process, 'message')) as [T];
    return answer;
  }
}

async function untilReady(name: string, child: ChildProcess, url: string): Promise<void> {
  for (const deadline = performance.now() + readyWithin; ; await delay(pollEvery)) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(
        `The ${name} ended while starting (${child.signalCode ?? `exit code ${child.exitCode}`}).`,
      );
    if (await isReady(url)) return;
    if (performance.now() > deadline)
      throw new Error(`The ${name} did not become ready within ${readyWithin / 1000} s.`);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`);
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
