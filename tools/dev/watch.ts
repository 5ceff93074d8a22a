import { once } from 'node:events';
import { watch } from 'chokidar';

/** Milliseconds of quiet after the last change: editors and git write many files at once. */
const quietMs = 150;

/**
 * Calls `changed` once after each series of changes of sources in these folders, whether an editor writes a file in place or
 * replaces it, and whether git replaces a folder. Resolves when it is watching, with what ends it.
 *
 * `fs.watch` with `recursive` does not do this on Linux: it follows no file that was replaced once.
 */
export async function watchSources(folders: string[], changed: () => void): Promise<() => Promise<void>> {
  const watcher = watch(folders, {
    ignoreInitial: true,
    ignored: (path, stats) => stats?.isFile() === true && !/\.(tsx?|css|sql)$/.test(path),
  });
  let timer: NodeJS.Timeout | undefined;
  watcher.on('all', (event) => {
    if (event === 'addDir' || event === 'unlinkDir') return;
    clearTimeout(timer);
    timer = setTimeout(changed, quietMs);
  });
  await once(watcher, 'ready');
  watcher.on('error', (error) => console.error(`mainstay: a change may be overlooked: ${String(error)}`));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
