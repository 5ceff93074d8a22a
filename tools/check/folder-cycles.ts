/**
 * Finds cycles between the sub-folders of a module or a lib. dependency-cruiser sees cycles of files; folders that use each
 * other cannot be read, tested or moved one after the other either.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import ts from 'typescript';

/** Tests and what they share may use every folder, so they say nothing about the layers. */
const isTest = (path: string) => /\.spec\.ts$|\/(testing|fixtures)\//.test(path);

/** A room is a sub-folder of a module or a lib, or one file that stands beside the sub-folders. */
const roomOf = (path: string) => path.split('/').slice(0, 3).join('/');

type Graph = Map<string, Set<string>>;

/** Each cycle as the rooms of one strongly connected component, sorted by name. Empty when the folders are layers. */
export function folderCycles(root: string): string[][] {
  const files = globSync('{modules,libs}/**/*.ts', { cwd: root }).map((path) => path.replaceAll(sep, '/'));
  const graph: Graph = new Map();
  for (const file of files.filter((path) => !isTest(path))) {
    for (const imported of importsOf(root, file)) {
      const [from, to] = [roomOf(file), roomOf(imported)];
      if (from !== to) graph.set(from, (graph.get(from) ?? new Set()).add(to));
    }
  }
  return components(graph).filter(({ length }) => length > 1);
}

/** Relative imports only: a module or lib reaches its own files in no other way, and others have rules of their own. */
function importsOf(root: string, file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => normalize(join(dirname(file), specifier)).replaceAll(sep, '/'))
    .map((path) => path.replace(/\.js$/, '.ts'));
}

/** Strongly connected components (Tarjan 1972). */
function components(graph: Graph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];

  const visit = (room: string): void => {
    order.set(room, order.size);
    lowest.set(room, order.get(room)!);
    stack.push(room);
    for (const next of graph.get(room) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(room, Math.min(lowest.get(room)!, lowest.get(next)!));
    }
    if (lowest.get(room) === order.get(room)) found.push(stack.splice(stack.indexOf(room)).sort());
  };

  for (const room of graph.keys()) if (!order.has(room)) visit(room);
  return found;
}
