import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Not sources, or too large to copy: each draft makes or borrows its own. */
const notCopied = new Set(['node_modules', 'build', 'dist', 'coverage', '.data', '.git', '.swc']);

type Tree = Map<string, Buffer>;

/**
 * A copy of the repository in which something can be tried. The repository itself changes in `publish` alone, after
 * everything has succeeded: an error, a Ctrl-C or a crash before that leaves nothing behind in it.
 */
export class Draft {
  private constructor(
    private readonly origin: string,
    readonly root: string,
    private readonly before: Tree,
  ) {}

  static async of(origin: string): Promise<Draft> {
    const root = await mkdtemp(join(tmpdir(), 'mainstay-draft-'));
    const isCopied = (path: string) => !notCopied.has(relative(origin, path).split(sep)[0]!);
    await cp(origin, root, { recursive: true, filter: isCopied });
    await symlink(resolve(origin, 'node_modules'), join(root, 'node_modules'), 'junction');
    return new Draft(origin, root, await treeOf(root));
  }

  async write(path: string, content: string): Promise<void> {
    const target = join(this.root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }

  async edit(path: string, change: (text: string) => string): Promise<void> {
    await this.write(path, change(await readFile(join(this.root, path), 'utf8')));
  }

  /** The files that are new or different by now, as paths in the repository. */
  async changes(): Promise<string[]> {
    const now = await treeOf(this.root);
    return [...now.keys()].filter((path) => !this.before.get(path)?.equals(now.get(path)!)).sort();
  }

  /**
   * Puts the changes into the repository, all or none, and returns their paths. Throws when one of the files was
   * changed there since the draft was made.
   */
  async publish(): Promise<string[]> {
    const paths = await this.changes();
    for (const path of paths) {
      const original = this.before.get(path);
      const current = await readFile(join(this.origin, path)).catch(() => undefined);
      if (original ? !current?.equals(original) : current)
        throw new Error(`${path} was changed by somebody else meanwhile; run the command again`);
    }
    const published: string[] = [];
    try {
      for (const path of paths) {
        published.push(path);
        await replace(join(this.origin, path), await readFile(join(this.root, path)));
      }
    } catch (error) {
      for (const path of published) await this.#restore(path);
      throw error;
    }
    return paths;
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  async #restore(path: string): Promise<void> {
    const original = this.before.get(path);
    const target = join(this.origin, path);
    if (original) return replace(target, original);
    await rm(target, { force: true });
    await rmdir(dirname(target)).catch(() => {}); // Other files are in it.
  }
}

/** By renaming: whoever watches or reads the file meanwhile never sees half of it. */
async function replace(path: string, content: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, content);
  await rename(fresh, path);
}

async function treeOf(root: string): Promise<Tree> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !notCopied.has(path.split(sep)[0]!));
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path))] as const)),
  );
}
