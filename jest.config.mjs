import { processes } from './test/setup/lanes.mjs';

/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/setup/environment.mjs',
  runtime: '<rootDir>/test/setup/runtime.cjs',
  // #libs/* and #modules/* resolve to sources through the "source" condition of the imports in package.json.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json', 'node'],
  resolver: '<rootDir>/test/setup/jest-resolver.cjs',
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/dist/'],
  testMatch: ['<rootDir>/{apps,commands,modules,libs,test,tools,docs}/**/*.spec.ts'],
  // These take minutes: they belong to `npm run test:faults`, `npm run test:scale` and `npm run test:image`.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(process.env.FAULTS === 'long' ? [] : ['\\.long\\.spec\\.ts$']),
    // These belong to `npm run test:processes`, and to the gate.
    ...(process.env.TESTS === 'quick' ? processes.map((folder) => `<rootDir>/${folder}/`) : []),
  ],
  setupFiles: ['<rootDir>/test/setup/nest.mjs'],
  globalSetup: '<rootDir>/test/setup/global-setup.mjs',
  globalTeardown: '<rootDir>/test/setup/global-teardown.mjs',
  runner: '<rootDir>/test/setup/lanes.mjs',
  reporters: [
    'default',
    ...['progress', 'contract', 'slowest', 'count'].map(
      (name) => `<rootDir>/test/setup/${name}-reporter.mjs`,
    ),
  ],
  // One for the files that run alone, which mostly wait for a process, if there are any. The others wait for Postgres and for each
  // other, so it takes three of them to keep two cores busy.
  maxWorkers: 4,
  // Milliseconds. Tests wait for events, so this is for a hang alone: nothing takes as long on the slowest machine.
  testTimeout: 600_000,
  workerGracefulExitTimeout: 60_000,
};
