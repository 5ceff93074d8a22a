// Bundles what ships into dist/: the two processes, the preload for tracing and the commands, each with the packages that it uses.
// Finding and opening 3,000 small files costs a process as much as everything else that it does at the start (docs/performance.md).
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * These stay in node_modules: they hold native code or files to serve, or tracing patches them while they load. The image has
 * no others.
 */
export const NOT_BUNDLED = [
  '@node-rs/argon2',
  '@msgpackr-extract/*',
  '@opentelemetry/*',
  '@fastify/otel',
  'pg',
  'swagger-ui-dist',
];

/** What CommonJS finds in its surroundings and an ES module does not. */
const COMMONJS =
  `const require = process.getBuiltinModule('module').createRequire(import.meta.url), ` +
  `{ filename: __filename, dirname: __dirname } = import.meta;`;

/** Returns the files of dist/ as pairs of path and content, made from those in build/. Fails with an Error when one is missing. */
export async function bundle(root) {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: await entryPoints(root),
    outbase: 'build',
    outdir: 'dist',
    chunkNames: 'chunks/[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: [...NOT_BUNDLED, ...(await absentPeers(root))],
    plugins: [swaggerOfNestjsZod],
    banner: { js: COMMONJS },
    sourcemap: 'linked',
    sourcesContent: false,
    // Nest and our errors are named after their classes.
    keepNames: true,
    legalComments: 'none',
    write: false,
    logLevel: 'error',
  });
  // Its process would stay as long as the command that is run after the build.
  await esbuild.stop();
  const codec = await import('@jridgewell/sourcemap-codec');
  return outputFiles.map(({ path, text }) => [
    path,
    path.endsWith('.map') ? withoutPackages(text, codec) : withPlainComments(text),
  ]);
}

/**
 * nestjs-zod loads @nestjs/swagger in a way that esbuild does not see. It would come from node_modules with all of Nest, which
 * is in the bundle already: a thousand files, and a second copy of each in memory.
 */
const swaggerOfNestjsZod = {
  name: 'swagger of nestjs-zod',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/nestjs-zod\/dist\/index\.mjs$/ }, async ({ path }) => {
      const [hidden, seen] = ['__require("@nestjs/swagger").ApiResponse', 'swagger.ApiResponse'];
      const text = await readFile(path, 'utf8');
      if (!text.includes(hidden)) throw new Error(`nestjs-zod no longer has ${hidden}.`);
      return { contents: `import * as swagger from "@nestjs/swagger";\n${text.replace(hidden, seen)}` };
    });
  },
};

async function entryPoints(root) {
  const paths = ['build/apps/api/main.js', 'build/apps/worker/main.js', 'build/libs/observability/otel.js'];
  const commands = await readdir(join(root, 'build/commands')).catch(() => []);
  paths.push(...commands.filter((name) => name.endsWith('.js')).map((name) => `build/commands/${name}`));
  return paths.filter((path) => existsSync(join(root, path)));
}

/** Packages try to load their optional peers and do without those that are not installed. */
async function absentPeers(root) {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const peers = Object.values(packages).flatMap(({ peerDependencies = {} }) => Object.keys(peerDependencies));
  return [...new Set(peers)].filter((name) => !(`node_modules/${name}` in packages));
}

/**
 * Replaces other characters than ASCII in comments, and keeps the columns. With one of them a file takes two bytes a character in
 * memory for as long as the process lives, which was 8 MB. esbuild escapes all that are outside of comments.
 */
function withPlainComments(text) {
  return text.replace(/^[ \t]*(?:\/\/|\/?\*).*$/gm, (line) => line.replace(/[^\t -~]/g, '?'));
}

/**
 * Leaves the packages out of a source map. Node reads every map while it starts, and theirs would take it 80 MB. A frame in a
 * package shows its place in dist/: where our own lines end, a segment without a source says so.
 */
function withoutPackages(text, { decode, encode }) {
  const map = JSON.parse(text);
  const isOurs = map.sources.map((source) => !source.includes('node_modules/'));
  let wasOurs = true;
  const mappings = decode(map.mappings).map((segments) =>
    segments.flatMap((segment) => {
      const ends = wasOurs && !isOurs[segment[1]];
      wasOurs = isOurs[segment[1]] ?? false;
      if (wasOurs) return [segment];
      return ends ? [[segment[0]]] : [];
    }),
  );
  return JSON.stringify({ ...map, mappings: encode(mappings) });
}
