import { expect, it } from '@jest/globals';
import { isRouteOfUsers } from './route-of-users.js';

it.each(['/health/ready', '/v1/ops/series', '/console', '/console/*', '/v1/jobs/:id/events', '/metrics'])(
  '%s is no route of users',
  (route) => expect(isRouteOfUsers(route)).toBe(false),
);

it.each(['/v1/users', '/v1/jobs/:id', '/v1/health-records', '/healthy'])('%s is one', (route) =>
  expect(isRouteOfUsers(route)).toBe(true),
);
