import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { dataOf } from '#libs/client';
import { download, jobIdIn, requestImport } from '../../../tools/demo/bulk.js';
import { follow } from '../../../tools/demo/follow.js';
import { seal, verifyAudit } from '../../support/audit.js';
import { mailTo } from '../../support/mails.js';
import { password } from '../../support/people.js';
import { keyed, newAddress, type Stage } from '../stage.js';

export const administration = (stage: () => Stage) => {
  describe('an administrator', () => {
    it('invites somebody, who chooses a password by mail', async () => {
      const [{ client }, email] = [await stage().proven('admin'), newAddress()];
      const invited = await client.POST('/v1/users', {
        params: keyed(),
        body: { email, name: 'Invited', role: 'viewer' },
      });
      expect(invited.response.status).toBe(201);
      expect(invited.data).toMatchObject({ email, role: 'viewer', status: 'invited' });
      expect(invited.response.headers.get('location')).toBe(`/v1/users/${dataOf(invited).id}`);

      const token = await stage().tokenFor(email, 'You are invited');
      const guest = stage().client();
      await guest.POST('/v1/password-resets/confirmations', { body: { token, password } });
      const signedIn = await guest.POST('/v1/sessions', { body: { email, password } });
      expect(signedIn.data).toMatchObject({ user: { role: 'viewer' }, permissions: expect.anything() });
    });

    it('finds users by address, status and role, sorted both ways, page by page', async () => {
      const { client } = await stage().proven('admin');
      const tag = randomUUID();
      for (const name of ['B', 'C', 'A'])
        await client.POST('/v1/users', {
          params: keyed(),
          body: { email: `${name}-${tag}@example.com`, name, role: 'operator' },
        });
      const query = { status: 'invited', role: 'operator', limit: 2 } as const;
      const names = async (sort: 'name' | '-name' | 'created_at' | '-created_at') => {
        const first = dataOf(await client.GET('/v1/users', { params: { query: { ...query, sort } } }));
        const cursor = first.page.next_cursor!;
        const rest = dataOf(await client.GET('/v1/users', { params: { query: { ...query, sort, cursor } } }));
        expect(rest.page).toEqual({ next_cursor: null, has_more: false });
        return [...first.data, ...rest.data].map(({ name }) => name).join('');
      };
      expect(await names('name')).toBe('ABC');
      expect(await names('-name')).toBe('CBA');
      expect(await names('created_at')).toBe('BCA');
      expect(await names('-created_at')).toBe('ACB');
      const email = `a-${tag}@example.com`;
      const found = dataOf(await client.GET('/v1/users', { params: { query: { email } } }));
      expect(found.data).toMatchObject([{ email, name: 'A' }]);
    });

    it('reads, changes, signs out and deletes a user, each time the version that was seen', async () => {
      const [{ client }, user] = [await stage().proven('admin'), await stage().person()];
      const path = { id: user.id };
      const read = await client.GET('/v1/users/{id}', { params: { path } });
      const etag = read.response.headers.get('etag')!;
      const known = { path, header: { 'If-None-Match': etag } };
      expect((await client.GET('/v1/users/{id}', { params: known })).response.status).toBe(304);

      const seen = { path, header: { 'If-Match': etag } };
      const body = { role: 'viewer' } as const;
      const changed = await client.PATCH('/v1/users/{id}', { params: seen, body });
      expect(changed.data).toMatchObject({ role: 'viewer', version: dataOf(read).version + 1 });
      const stale = await client.PATCH('/v1/users/{id}', { params: seen, body });
      expect(stale.response.status).toBe(412);

      await stage().signIn(user.email);
      const open = dataOf(await client.GET('/v1/users/{id}/sessions', { params: { path } }));
      expect(open.data.length).toBeGreaterThan(0);
      const ended = await client.DELETE('/v1/users/{id}/sessions', { params: { path } });
      expect(ended.response.status).toBe(204);
      expect((await user.client.GET('/v1/users/me')).response.status).toBe(401);
      const helped = await client.DELETE('/v1/users/{id}/second-factors', {
        params: { path, query: { reason: 'The phone is lost.' } },
      });
      expect(helped.response.status).toBe(204);
      const params = { path, header: { 'If-Match': changed.response.headers.get('etag')! } };
      expect((await client.DELETE('/v1/users/{id}', { params })).response.status).toBe(204);
      expect((await client.GET('/v1/users/{id}', { params: { path } })).response.status).toBe(404);
    });

    it('acts as a user, who hears of it, and is nobody afterwards', async () => {
      const [admin, user] = [await stage().proven('admin'), await stage().person('viewer')];
      const params = { path: { id: user.id } };
      const body = { reason: 'Ticket 42' };
      const started = await admin.client.POST('/v1/users/{id}/impersonations', { params, body });
      expect(started.response.status).toBe(201);
      expect(started.data).toMatchObject({ user: { id: user.id }, impersonator_id: admin.id });
      expect((await admin.client.GET('/v1/users/me')).data).toMatchObject({ id: user.id });
      expect((await mailTo(stage().world, user.email, 'An administrator signed in as you')).text).toContain(
        'Ticket 42',
      );
      expect((await admin.client.DELETE('/v1/sessions/current')).response.status).toBe(204);
      expect((await admin.client.GET('/v1/users/me')).response.status).toBe(401);
    });

    it('imports and exports people', async () => {
      const { client } = await stage().person('admin');
      const [known, email] = [await stage().person(), newAddress()];
      const csv = `email,name,role\n${email},Imported,member\n${known.email},Known,member\nnobody,No,member\n`;
      const imported = await requestImport(client, randomUUID(), csv);
      expect(imported.status).toBe(202);
      expect(await follow(client, jobIdIn(imported))).toMatchObject({ state: 'succeeded' });
      expect(JSON.parse(await download(client, jobIdIn(imported)))).toMatchObject({
        created: 1,
        skipped: 1,
        failed: 1,
        errors: [{ line: 4 }],
      });
      const exported = await client.POST('/v1/user-exports', {
        params: keyed(),
        body: { format: 'ndjson', filter: { email } },
      });
      expect(exported.response.status).toBe(202);
      const { id } = dataOf(exported);
      expect(await follow(client, id)).toMatchObject({ state: 'succeeded' });
      expect(JSON.parse(await download(client, id))).toEqual({ email, name: 'Imported', role: 'member' });
    });
  });

  it('everybody reads and changes their own profile', async () => {
    const { client, email } = await stage().person();
    const me = await client.GET('/v1/users/me');
    expect(me.data).toMatchObject({ email, role: 'member' });
    const etag = me.response.headers.get('etag')!;
    const known = await client.GET('/v1/users/me', { params: { header: { 'If-None-Match': etag } } });
    expect(known.response.status).toBe(304);
    const params = { header: { 'If-Match': etag } };
    const changed = await client.PATCH('/v1/users/me', { params, body: { name: 'Renamed' } });
    expect(changed.data).toEqual({
      ...me.data,
      name: 'Renamed',
      version: dataOf(me).version + 1,
      updated_at: expect.any(String),
    });
  });

  describe('the audit log', () => {
    it('tells an administrator who did what, by actor, action and outcome', async () => {
      const { id: actor, client: theirs } = await stage().person();
      await theirs.POST('/v1/sudo', { body: { password: 'not the one of this person' } });
      const session = dataOf(await theirs.POST('/v1/sudo', { body: { password } }));
      const { client } = await stage().person('admin');
      const events = async (query: object) =>
        dataOf(await client.GET('/v1/audit-events', { params: { query: { actor, ...query } } })).data;
      const target = `session:${session.id}`;
      const proofs = await events({ target, action: 'sudo.enter' });
      expect(proofs.map(({ outcome }) => outcome)).toEqual(['success', 'failure']);
      expect(await events({ action: 'sudo.enter', outcome: 'failure' })).toEqual([proofs[1]]);
      expect((await theirs.GET('/v1/audit-events')).error).toMatchObject({ code: 'access.denied' });
    });

    it('is what was sealed: npm run audit:verify', async () => {
      await seal(stage().world);
      const { code, output } = await verifyAudit(stage().world, stage().keys, '--json');
      const report = JSON.parse(output) as { sealed: number };
      expect([code, report]).toEqual([0, expect.objectContaining({ unsealed: 0, findings: [] })]);
      expect(report.sealed).toBeGreaterThan(50);
      const { client } = await stage().person('admin');
      expect((await client.GET('/v1/audit-chain')).response.status).toBe(200);
    });
  });
};
