import { Audit } from '../pages/accounts/audit.js';
import { User } from '../pages/accounts/user.js';
import { Users } from '../pages/accounts/users.js';
import { DeadLetter } from '../pages/jobs/dead-letter.js';
import { DeadLetters } from '../pages/jobs/dead-letters.js';
import { Job } from '../pages/jobs/job.js';
import { Jobs } from '../pages/jobs/jobs.js';
import { Queues } from '../pages/jobs/queues.js';
import { Schedules } from '../pages/jobs/schedules.js';
import { Database } from '../pages/system/database.js';
import { Dependencies } from '../pages/system/dependencies.js';
import { Economics } from '../pages/system/economics.js';
import { Errors } from '../pages/system/errors.js';
import { Http } from '../pages/system/http.js';
import { Overview } from '../pages/system/overview.js';
import { Runtime } from '../pages/system/runtime.js';
import { Work } from '../pages/system/work.js';
import type { DetailRoute, Route } from './routes.js';

/** Every page, in the order of the navigation. */
export const routes: readonly Route[] = [
  { path: '/', title: 'Overview', keys: 'g o', needs: 'ops:read', show: () => <Overview /> },
  { path: '/http', title: 'HTTP', keys: 'g h', needs: 'ops:read', show: () => <Http /> },
  { path: '/errors', title: 'Errors', keys: 'g x', needs: 'ops:read', show: () => <Errors /> },
  { path: '/jobs', title: 'Jobs', keys: 'g j', needs: 'jobs:read', show: () => <Jobs /> },
  {
    path: '/dead-letters',
    title: 'Dead letters',
    keys: 'g d',
    needs: 'jobs:read',
    parent: '/jobs',
    show: () => <DeadLetters />,
  },
  {
    path: '/queues',
    title: 'Queues',
    keys: 'g q',
    needs: 'jobs:read',
    parent: '/jobs',
    show: () => <Queues />,
  },
  {
    path: '/schedules',
    title: 'Schedules',
    keys: 'g s',
    needs: 'jobs:read',
    parent: '/jobs',
    show: () => <Schedules />,
  },
  {
    path: '/work',
    title: 'Wait & run',
    keys: 'g w',
    needs: 'ops:read',
    parent: '/jobs',
    show: () => <Work />,
  },
  { path: '/database', title: 'Database', keys: 'g b', needs: 'ops:read', show: () => <Database /> },
  { path: '/runtime', title: 'Runtime', keys: 'g r', needs: 'ops:read', show: () => <Runtime /> },
  {
    path: '/dependencies',
    title: 'Dependencies',
    keys: 'g e',
    needs: 'ops:read',
    show: () => <Dependencies />,
  },
  { path: '/economics', title: 'Economics', keys: 'g m', needs: 'ops:read', show: () => <Economics /> },
  { path: '/users', title: 'Users & sessions', keys: 'g u', needs: 'users:read', show: () => <Users /> },
  { path: '/audit', title: 'Audit', keys: 'g a', needs: 'audit:read', show: () => <Audit /> },
];

/** The pages of single things. */
export const details: readonly DetailRoute[] = [
  { pattern: /^\/jobs\/([^/]+)$/, parent: '/jobs', needs: 'jobs:read', show: (id) => <Job id={id} /> },
  {
    pattern: /^\/dead-letters\/([^/]+)$/,
    parent: '/dead-letters',
    needs: 'jobs:read',
    show: (id) => <DeadLetter id={id} />,
  },
  { pattern: /^\/users\/([^/]+)$/, parent: '/users', needs: 'users:read', show: (id) => <User id={id} /> },
];
