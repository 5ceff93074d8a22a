import { afterEach, describe, expect, it } from '@jest/globals';
import { type ClientOptions, createClient } from './index.js';

describe('a client in a browser', () => {
  const { fetch } = globalThis;
  afterEach(() => {
    globalThis.fetch = fetch;
  });

  /** Returns whether the client lets the browser send its cookies. */
  async function credentialsOf(options: Omit<ClientOptions, 'baseUrl'>): Promise<Request['credentials']> {
    let sent: Request | undefined;
    // The browser's part: what it would send.
    globalThis.fetch = (input) => {
      sent = input as Request;
      return Promise.resolve(new Response('{}', { headers: { 'content-type': 'application/json' } }));
    };
    await createClient({ baseUrl: 'https://api.example.com', ...options }).GET('/health/live');
    return sent!.credentials;
  }

  it('sends cookies to another origin when it is asked to', async () => {
    expect(await credentialsOf({ credentials: 'include' })).toBe('include');
  });

  it('sends none to another origin otherwise', async () => {
    expect(await credentialsOf({})).toBe('same-origin');
    expect(await credentialsOf({ token: 'mst_live_x' })).toBe('same-origin');
  });

  it('has no other value in its types: without cookies nobody could sign in', async () => {
    // @ts-expect-error
    expect(await credentialsOf({ credentials: 'omit' })).toBe('omit');
    // @ts-expect-error
    await expect(credentialsOf({ credentials: 'always' })).rejects.toThrow('not an accepted type');
  });
});
