import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { problemExpectation } from '../../support/problems.js';
import { exchange } from '../../support/raw.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const http = () => request(world.url);
const expectProblem = problemExpectation(() => world.url);

describe('what an attack found', () => {
  it('answers a key that is no text, and a body of no bytes in another type, without falling over', async () => {
    const poison = await http()
      .post('/v1/sessions')
      .set('content-type', 'application/json')
      .send('{"k":{"\\ud800":"\\ud800"}}');
    expectProblem(poison, 422, 'http.invalid-input');
    const empty =
      'POST /v1/sessions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: text/csv\r\ncontent-length: 0\r\n\r\n';
    expect(await exchange(world.url, empty)).toMatch(/^HTTP\/1\.1 422 /);
  });

  it('refuses a request without Host, and an expectation, with problems', async () => {
    expect(await exchange(world.url, 'GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*"code":"http\.malformed-request"/,
    );
    const expecting = 'GET /health/live HTTP/1.1\r\nhost: x\r\nexpect: banana\r\nconnection: close\r\n\r\n';
    expect(await exchange(world.url, expecting)).toMatch(
      /^HTTP\/1\.1 417 [\s\S]*x-content-type-options: nosniff[\s\S]*"code":"http\.expectation-failed"/,
    );
  });

  it('lets the answer arrive although the refused body is still coming', async () => {
    for (let n = 0; n < 10; n += 1) {
      const body = JSON.stringify({ email: 'x'.repeat(5_000_000) });
      const response = await fetch(`${world.url}/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(response.status).toBe(413);
    }
  });

  it('names the methods of a path however it is written', async () => {
    const response = await http().put('/v1/%75sers');
    expect({ status: response.status, allow: response.headers.allow }).toEqual({
      status: 405,
      allow: 'GET, HEAD, OPTIONS, POST',
    });
  });
});
