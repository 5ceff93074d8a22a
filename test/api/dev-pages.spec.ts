import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { Database } from '#libs/database';
import { startWorld, type World } from '../support/apps.js';
import { listedRoutes } from '../support/routes.js';

const paths = listedRoutes()
  .filter(({ who }) => who.startsWith('anybody: development only'))
  .map(({ path }) => path);

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const inProduction = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://mainstay.test',
  MAIL_FROM: 'Mainstay <no-reply@mainstay.test>',
  SMTP_URL: 'smtp://127.0.0.1:1',
};
const query = (path: string) => (path === '/auth-error' ? '?code=failed' : '');

it('in production there is none of them', async () => {
  const world = await startWorld({ env: inProduction });
  try {
    for (const path of paths)
      expect((await request(world.url).get(path).set('accept', browser)).body).toMatchObject({
        status: 404,
        code: 'http.route-not-found',
      });
  } finally {
    await world.close();
  }
});

it('with a mail server no page leads to the mailbox, which is not there', async () => {
  const world = await startWorld({ env: { SMTP_URL: 'smtp://127.0.0.1:1' } });
  try {
    for (const path of paths.filter((other) => other !== '/dev/mail')) {
      const { text } = await request(world.url)
        .get(path + query(path))
        .expect(200);
      expect([path, text.includes('"/dev/mail')]).toEqual([path, false]);
    }
  } finally {
    await world.close();
  }
});

describe('in development', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  const get = (path: string) =>
    request(world.url)
      .get(path + query(path))
      .set('accept', browser);

  it.each(paths)('%s runs nothing but its own script, and no other site can show it', async (path) => {
    const { headers, text } = await get(path).expect(200).expect('content-type', 'text/html; charset=utf-8');
    const policy = headers['content-security-policy']!;
    const contents = [...text.matchAll(/<(?:style|script)[^>]*>([^]*?)<\/(?:style|script)>/g)];
    const hashes = contents.map(
      ([, content = '']) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`,
    );
    expect(policy.match(/'sha256-[^']+'/g)).toEqual(hashes);
    expect(policy).toMatch(/^default-src 'none';.*base-uri 'none';.*frame-ancestors 'none'/);
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/\s(on\w+|style)=/);
  });

  it('a mail of a stranger stays text', async () => {
    const text = `<script>alert(1)</script> "'&\nhttps://example.com/<b>?a=1&b=2). javascript:alert(1)`;
    await world.api.get(Database, { strict: false }).pool.query(
      `insert into dev_mails (id, key, to_address, subject, text)
         values (gen_random_uuid(), 'hostile', $1, $2, $3)`,
      [`o'hara+<i>@example.com`, '</h2><img src=x>', text],
    );
    const { text: markup } = await get('/dev/mail');
    expect(markup).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &quot;&#39;&amp;\n');
    expect(markup).toContain('&lt;/h2&gt;&lt;img src=x&gt;');
    expect(markup).toContain('<a href="https://example.com/">https://example.com/</a>&lt;b&gt;');
    expect(markup).toContain('o&#39;hara+&lt;i&gt;@example.com');
    expect(markup.match(/<a href="(?!\/|https?:|http:)[^"]+"/g)).toBeNull();
  });

  it.each([
    [browser, 'text/html; charset=utf-8'],
    ['text/html', 'text/html; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['application/json, text/html;q=0.5', 'application/json; charset=utf-8'],
  ])('the mailbox answers Accept: %s with %s', async (accept, type) => {
    await request(world.url).get('/dev/mail').set('accept', accept).expect(200).expect('content-type', type);
  });

  it.each(['//evil.test', '/\\evil.test', 'https://evil.test', 'javascript:alert(1)'])(
    'signing in leads nowhere else: %s',
    async (target) => {
      await request(world.url)
        .get(`/second-factor?return_to=${encodeURIComponent(target)}`)
        .expect(422);
    },
  );
});
