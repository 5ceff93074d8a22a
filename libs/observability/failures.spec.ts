import { beforeEach, describe, expect, it } from '@jest/globals';
import { defineProblem } from '#libs/problem';
import { recordFailure, returnFailures, takeFailures } from './failures.js';

class Broken extends defineProblem({
  kind: 'unavailable',
  code: 'test.broken',
  title: 'Broken',
  help: 'Wait.',
}) {}

/** An error as it looks in a release: the code may be built to another place, and stand in other lines. */
function errorAt(root: string, line: number, { message = 'x', caller = 'UsersService.list' } = {}): Error {
  const error = new TypeError(message);
  error.stack = `TypeError: ${message}
    at Array.map (<anonymous>)
    at read (${root}/libs/pagination/keyset.${root.includes('build') ? 'js' : 'ts'}:${line}:7)
    at ${caller} (file://${root}/modules/users/users.service.${root.includes('build') ? 'js' : 'ts'}:${line + 3}:1)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async Router.handle (${root}/node_modules/@nestjs/core/router.js:${line}:3)`;
  return error;
}

const record = (error: unknown, userId?: string, name = '/v1/users') =>
  recordFailure({ source: 'request', name, error, userId, requestId: 'a', traceId: undefined });

beforeEach(() => void takeFailures());

describe('failures', () => {
  it('of one cause are one group, in every release, whoever meets it', () => {
    record(errorAt('/srv/one/build', 10, { message: 'for ada@example.com' }), 'ada');
    record(errorAt('/srv/two', 99, { message: 'for bob@example.com' }), 'bob');
    record(errorAt('/srv/two', 99), 'bob');
    const groups = takeFailures();
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      code: 'TypeError',
      frames: ['read libs/pagination/keyset', 'UsersService.list modules/users/users.service'],
      count: 3,
      users: new Set(['ada', 'bob']),
    });
    expect(JSON.stringify(groups)).not.toContain('example.com');
    expect(takeFailures()).toEqual([]);
  });

  it('of another cause are another group', () => {
    record(errorAt('/srv', 10));
    record(errorAt('/srv', 10, { caller: 'UsersService.get' }));
    record(errorAt('/srv', 10), undefined, '/v1/users/:id');
    record(new Broken());
    record(Object.assign(new Error('x'), { code: 'ECONNREFUSED', stack: '' }));
    record('thrown text');
    expect(takeFailures().map(({ code }) => code)).toEqual([
      'TypeError',
      'TypeError',
      'TypeError',
      'test.broken',
      'ECONNREFUSED',
      'string',
    ]);
  });

  it('take no more than their room, and are all counted', () => {
    for (let n = 0; n < 1000; n += 1) record(new Error('x'), `user ${n}`, `/v1/${n}`);
    for (let n = 0; n < 1000; n += 1) record(new Error('x'), `user ${n}`, '/v1/0');
    const groups = takeFailures();
    expect(groups).toHaveLength(201);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(2000);
    expect(Math.max(...groups.map(({ users }) => users.size))).toBe(100);
  });

  it('that could not be kept are counted with the next ones', () => {
    record(new Broken(), 'ada');
    const taken = takeFailures();
    record(new Broken(), 'bob');
    returnFailures(taken);
    expect(takeFailures()).toEqual([expect.objectContaining({ count: 2, users: new Set(['ada', 'bob']) })]);
  });
});
