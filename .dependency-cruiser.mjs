/** Which feature may use which. An edge that is not written here does not exist. */
const uses = {
  audit: [],
  auth: ['users', 'oauth'],
  console: [],
  'dev-mail': ['dev-pages'],
  'dev-pages': ['auth'],
  health: [],
  jobs: [],
  oauth: [],
  ops: [],
  users: [],
};

const at = (names) => `^modules/(${names.join('|')})/`;
const either = (...patterns) => patterns.join('|');
const pkg = (names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;

/** Tests, what they share within a module, and what they start as processes of their own. */
const spec = '[.]spec[.]ts$|/fixtures/|^(modules|libs)/[^/]+/testing/';
const schema = '[.]schema[.]ts$';
const door = '^(modules|libs)/[^/]+/(testing/)?index[.]ts$';
/** Code that never ships: it may do what production code may not. */
const workshop = either(spec, '^(test|tools|bench)/', '^libs/testing/');

const never = (name, from, to, comment) => ({ name, from, to, comment, severity: 'error' });

const edges = Object.entries(uses).map(([name, neighbours]) =>
  never(
    `${name}-uses-what-it-declares`,
    { path: at([name]) },
    { path: '^modules/', pathNot: at([name, ...neighbours]) },
    `modules/${name} may use: ${neighbours.join(', ') || 'no other feature'}. If you mean it, add the edge to the table above.`,
  ),
);

const directions = [
  never(
    'modules-are-declared',
    { path: '^modules/', pathNot: at(Object.keys(uses)) },
    {},
    'Every feature has a line in the table above and a folder of its own.',
  ),
  never(
    'libs-are-named-for-what-they-give',
    {},
    { path: ['^libs/[^/]+$', '^libs/(common|core|helpers|shared|utils?)/'] },
    'A lib is a folder named for what it gives; a folder for everything gives nothing.',
  ),
  never('libs-know-no-features', { path: '^libs/' }, { path: '^(modules|apps)/' }, 'apps → modules → libs.'),
  never('features-know-no-apps', { path: '^modules/' }, { path: '^apps/' }, 'apps → modules → libs.'),
  never(
    'apps-are-strangers',
    { path: '^apps/([^/]+)/' },
    { path: '^apps/', pathNot: '^apps/$1/' },
    'Two processes share code in modules or libs, never each other.',
  ),
  never(
    'tools-stay-outside-apps',
    { path: '^(tools|bench)/' },
    { path: '^apps/' },
    'Tools and benchmarks start the processes or enter by the doors of modules and libs.',
  ),
];

const doors = [
  never(
    'enter-by-the-door',
    { path: '^(modules|libs)/([^/]+)/', pathNot: schema },
    { path: '^(modules|libs)/', pathNot: [door, '^$1/$2/'] },
    'Import #modules/<name> or #libs/<name>; what index.ts does not list is not yours.',
  ),
  never(
    'outsiders-enter-by-the-door',
    { path: '^(apps|commands|test|tools|bench)/' },
    { path: '^(modules|libs)/', pathNot: door },
    'Import #modules/<name> or #libs/<name>; what index.ts does not list is not yours.',
  ),
];

const roles = [
  never(
    'schemas-know-only-schemas',
    { path: schema },
    { pathNot: [schema, pkg(['drizzle-orm'])] },
    'The migration generator loads these files alone. A foreign key is the one reason to look at a neighbour.',
  ),
  never(
    'services-do-not-know-callers',
    { path: '[.]service[.]ts$' },
    { path: '[.](controller|processor|module)[.]ts$' },
    'The same service is called over HTTP and from a job.',
  ),
];

const packages = [
  never(
    'only-database-opens-connections',
    { pathNot: either(workshop, '^libs/database/', '^libs/queue/', '^libs/observability/tracing[.]ts$') },
    { path: [pkg(['pg']), 'node_modules/drizzle-orm/node-postgres/'] },
    'A connection of its own escapes the ambient transaction, its timeouts and its pool. BullMQ needs one (libs/queue); tracing loads the driver only to patch it.',
  ),
  never(
    'only-queue-knows-bullmq',
    { pathNot: '^(libs/queue|libs/database|bench)/' },
    { path: pkg(['bullmq', '@nestjs/bullmq']) },
    'Work is enqueued with jobs.enqueue, in the transaction that causes it; libs/database runs BullMQ’s migrations.',
  ),
  never(
    'only-nest-internals-look-inside-nest',
    { pathNot: '^libs/http/nest-internals[.]ts$' },
    { path: pkg(['@nestjs/[^/]+']), pathNot: '@nestjs/[^/]+/(dist/)?index[.]' },
    'What a package does not export may change in any release. libs/http/nest-internals.ts is the one place that reads it.',
  ),
];

const shipping = [
  never(
    'no-test-code-in-production',
    { pathNot: either(spec, '^(test|bench)/') },
    { path: [spec, '^test/'] },
    'Tests do not ship.',
  ),
  never(
    'testing-lib-stays-in-tests',
    { pathNot: workshop },
    { path: '^libs/testing/' },
    'Tests do not ship.',
  ),
  never(
    'production-knows-no-tools',
    { path: '^(apps|modules|libs)/', pathNot: workshop },
    { path: '^(commands|tools|bench)/' },
    'What a process needs lives in libs.',
  ),
  never(
    'commands-use-libs-and-modules',
    { path: '^commands/' },
    { path: '^(apps|test|tools|bench)/' },
    'Commands ship and the workshop does not. What they need in development, tools/dev/run-command.ts puts into their environment.',
  ),
  never(
    'production-needs-no-dev-dependency',
    // The console is bundled for a browser: its packages ship inside of it.
    { path: '^(apps|commands|modules|libs)/', pathNot: either(workshop, '^apps/console/') },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    'The image is installed with --omit=dev: this import would fail there.',
  ),
  never(
    'packages-are-imported-statically',
    { path: '^(apps|commands|modules|libs)/', pathNot: either(workshop, '^libs/observability/') },
    { path: 'node_modules', dynamic: true },
    'In a bundle an import() of a CommonJS package has no names. Put the import into a file of its own and import() that.',
  ),
];

export default {
  forbidden: [
    ...edges,
    ...directions,
    ...doors,
    ...roles,
    ...packages,
    ...shipping,
    never(
      'no-cycles',
      {},
      { circular: true },
      'Neither part can be read, tested or moved without the other.',
    ),
    never('no-unresolvable', {}, { couldNotResolve: true }, 'It will not resolve at run time either.'),
  ],
  options: {
    // Type-only imports are coupling too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|dist)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      // `source` first: the doors of this repository are read as sources, not as build output.
      conditionNames: ['source', 'import', 'types', 'node', 'default'],
    },
  },
};
