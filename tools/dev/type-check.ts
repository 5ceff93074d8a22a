import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { dataDirOf } from '../machine/environment.js';

/** Of the errors, the others mostly follow from the first. */
const MAX_SHOWN = 10;

/**
 * Checks the types beside a running development installation, which does not wait for it: a reload only removes them. It
 * says when they are wrong, and once when they are right again.
 */
export class TypeCheck {
  #process: ChildProcess | undefined;
  #wereWrong = false;

  constructor(
    private readonly say: (line: string) => void,
    private readonly root = process.cwd(),
  ) {}

  /** Begins a check. One that is under way ends, because it looks at what was changed since. Settles with the outcome told. */
  async begin(): Promise<void> {
    this.end();
    const memory = join(resolve(this.root, dataDirOf(process.env)), 'types.tsbuildinfo');
    const args = ['--noEmit', '--incremental', '--tsBuildInfoFile', memory, '--pretty', 'false', '-p', '.'];
    const child = spawn(process.execPath, [resolve('node_modules/typescript/bin/tsc'), ...args], {
      cwd: this.root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#process = child;
    if (child.pid) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    const output = await text(child.stdout);
    if (this.#process !== child) return;
    this.#process = undefined;
    this.#tell(output.split('\n').filter((line) => line.trim()));
  }

  end(): void {
    this.#process?.kill();
    this.#process = undefined;
  }

  #tell(lines: string[]): void {
    const errors = lines.filter((line) => /: error TS\d+: /.test(line)).length;
    if (errors > 0) {
      const more = lines.length > MAX_SHOWN ? ['  …'] : [];
      const shown = lines.slice(0, MAX_SHOWN).map((line) => `  ${line}`);
      this.say(
        [
          `the types are wrong in ${errors === 1 ? 'one place' : `${errors} places`}:`,
          ...shown,
          ...more,
        ].join('\n'),
      );
    } else if (this.#wereWrong) this.say('the types are right again');
    this.#wereWrong = errors > 0;
  }
}
