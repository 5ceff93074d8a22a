import type { ChildProcess } from 'node:child_process';

const children = new Set<ChildProcess>();

/** Remembers a process of the benchmark until it ends. */
export function tracked(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Ends all processes at once, which also ends every wait for one of them. */
export function killChildren(): void {
  for (const child of children) child.kill('SIGKILL');
}
