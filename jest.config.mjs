/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
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
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testMatch: ['<rootDir>/{apps,modules,libs,test,tools,docs}/**/*.spec.ts'],
  // Where a short form would say nothing: these belong to `npm run test:faults`.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(process.env.FAULTS === 'long' ? [] : ['\\.long\\.spec\\.ts$']),
  ],
  setupFiles: ['<rootDir>/test/setup/nest.mjs'],
  globalSetup: '<rootDir>/test/setup/global-setup.mjs',
  globalTeardown: '<rootDir>/test/setup/global-teardown.mjs',
  reporters: [
    'default',
    '<rootDir>/test/setup/contract-reporter.mjs',
    '<rootDir>/test/setup/faults-reporter.mjs',
    '<rootDir>/test/setup/count-reporter.mjs',
  ],
  // On 2 cores: many tests wait for locks to end and workers to die, so one more than there are cores keeps them busy.
  maxWorkers: 3,
  testTimeout: 30_000,
};
