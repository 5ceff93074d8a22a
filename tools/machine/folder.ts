import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Makes a folder and those above it that are missing. Node's own recursive form never returns below a folder that exists and lets
 * nobody make anything in it, as /proc does. Throws the error of the folder that could not be made.
 */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Five seconds in all, in which a program that still writes there notices that its files are gone. */
const removals = { tries: 100, pauseMs: 50 };

/**
 * Removes a folder, also when another process removes or writes files in it meanwhile. Node's own recursive form takes a file that
 * is gone before its turn for the end of the work, leaves the rest and says nothing. Throws the error of the last try.
 */
export async function removeFolder(path: string): Promise<void> {
  for (let tries = 1; existsSync(path); tries += 1) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (tries >= removals.tries) throw error;
    }
    if (!existsSync(path)) return;
    if (tries >= removals.tries) throw new Error(`${path} is filled anew whenever it is emptied.`);
    await sleep(removals.pauseMs);
  }
}
