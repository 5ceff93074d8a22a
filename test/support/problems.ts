import { expect } from '@jest/globals';
import type request from 'supertest';

/** What every problem has, and what none has. */
export const problemExpectation =
  (url: () => string) => (response: request.Response, status: number, code: string) => {
    expect({ status: response.status, code: response.body.code }).toEqual({ status, code });
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(response.body).toMatchObject({
      type: `http://mainstay.test/problems/${code}`,
      title: expect.any(String),
      detail: expect.any(String),
      instance: response.request.url.replace(url(), '').split('?')[0],
      request_id: response.headers['x-request-id'],
    });
    expect(JSON.stringify(response.body)).not.toMatch(/node_modules|drizzle|postgres|select |\.ts\b/i);
  };
