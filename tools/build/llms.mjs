// Writes the documentation in the form that language models read (llmstxt.org): llms.txt lists every page with what it is
// about, llms-full.txt holds all of them as Markdown. Both are made of the pages that people read, so neither can disagree.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** Links of a page in this folder, as seen from the root of the repository. */
const rebased = (text, folder) =>
  text.replaceAll(
    /\]\((?![a-z]+:|#|\/)([^)\s]+)\)/g,
    (_, path) => `](${posix.normalize(posix.join(folder, path))})`,
  );

const withoutTitle = (text) => text.replace(/^# .*\n+/, '');

/** The first paragraph below the title. */
const summaryOf = (text) => withoutTitle(text).split('\n\n')[0].replaceAll('\n', ' ');

/** Returns the two files by name; nothing where there is no documentation, as in a test of the launcher. */
export async function llmsFiles(root) {
  if (!existsSync(join(root, 'docs', 'README.md'))) return {};
  const read = (path) => readFile(join(root, path), 'utf8');
  const [readme, index] = await Promise.all([read('README.md'), read('docs/README.md')]);
  const list = `# Mainstay\n\n> ${summaryOf(readme)}\n\n${rebased(withoutTitle(index), 'docs')}`;
  const linked = [...list.matchAll(/\]\(([\w./-]+\.md)\)/g)].map(([, path]) => path);
  const paths = [...new Set(['README.md', ...linked])];
  const pages = await Promise.all(
    paths.map(async (path) => rebased(await read(path), posix.dirname(path)).trimEnd()),
  );
  return { 'llms.txt': list, 'llms-full.txt': `${pages.join('\n\n---\n\n')}\n` };
}
