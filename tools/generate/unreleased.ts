import { execFileSync } from 'node:child_process';

/** The branches that changes are merged into, in the order in which they count. */
const mainBranches = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];

/**
 * Returns the files in drizzle/ that this branch has beyond the main one, committed or not: no other installation can have
 * applied them. Returns undefined where git does not tell, as in a copy without a history.
 */
export function unreleasedMigrations(files: readonly string[], root = '.'): string[] | undefined {
  const git = (...args: string[]) => run(root, args);
  const base = mainBranches.map((branch) => git('merge-base', 'HEAD', branch)).find((commit) => commit);
  if (!base) return undefined;
  const released = new Set(git('ls-tree', '--name-only', base.trim(), 'drizzle/')?.split('\n'));
  return files.filter((file) => !released.has(`drizzle/${file}`));
}

function run(cwd: string, args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}
