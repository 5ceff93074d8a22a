import { expect, it } from '@jest/globals';
import { type AccessLine, accessLog } from './access-log.js';

function fieldsOf(line: AccessLine): unknown {
  const written: unknown[] = [];
  accessLog({ info: (fields) => written.push(fields) }, line);
  expect(written).toHaveLength(1);
  return JSON.parse(JSON.stringify(written[0]));
}

it('a request leaves one line of exactly these fields', () => {
  const line = {
    method: 'GET',
    route: '/v1/users/:id',
    status: 200,
    durationMs: 12.34567,
    bytes: 512,
    requestId: 'request-1',
    principalId: 'user-1',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    clientNetwork: '203.0.113.0/24',
    url: '/v1/users/1?token=secret',
  };
  expect(fieldsOf(line)).toEqual({
    method: 'GET',
    route: '/v1/users/:id',
    status: 200,
    duration_ms: 12.35,
    bytes: 512,
    request_id: 'request-1',
    principal_id: 'user-1',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    client_net: '203.0.113.0/24',
  });
});

it('a request that met no route says so', () => {
  const line = {
    method: 'GET',
    route: undefined,
    status: 404,
    durationMs: 1,
    requestId: 'r',
    clientNetwork: undefined,
  };
  expect(fieldsOf(line)).toMatchObject({ route: 'unmatched' });
});
