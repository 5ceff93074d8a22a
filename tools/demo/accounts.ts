import assert from 'node:assert/strict';
import { type Client, createClient, dataOf } from '#libs/client';
import { eventually } from '#libs/testing';
import type { Report } from './report.js';

interface Mailbox {
  data: { text: string }[];
}

/** The token of the newest mail to an address: what the person would find behind `#token=` in the link. */
export async function tokenFor(apiUrl: string, email: string): Promise<string> {
  const look = async () => {
    const response = await fetch(`${apiUrl}/dev/mail?to=${encodeURIComponent(email)}&limit=1`);
    const { data } = (await response.json()) as Mailbox;
    return /#token=([\w-]+)/.exec(data[0]?.text ?? '')?.[1];
  };
  return eventually(look, { what: `mail to ${email}` });
}

/** Somebody signs up, proves the address and signs in. Returns the address. */
export async function signUp(report: Report, apiUrl: string, run: string): Promise<string> {
  const client = createClient({ baseUrl: apiUrl });
  const email = `demo.${run}@example.com`;
  const password = `a long sentence for ${run}`;
  await report.step('register', async () => {
    const body = { email, password, name: 'Demo Person' };
    const { response } = await client.POST('/v1/registrations', { body });
    assert.equal(response.status, 202);
    return { figures: `${email}, 202`, value: undefined };
  });
  const token = await report.step('mail with a link', async () => {
    const value = await tokenFor(apiUrl, email);
    return { figures: 'sent by the worker, #token= in the link', value };
  });
  await report.step('verify the address', async () => {
    const first = await client.POST('/v1/email-verifications', { body: { token } });
    const second = await client.POST('/v1/email-verifications', { body: { token } });
    assert.deepEqual([first.response.status, second.response.status], [204, 410]);
    return { figures: '204; the same token again: 410', value: undefined };
  });
  await report.step('sign in', async () => {
    const { user } = await signIn(client, { email, password });
    const { response } = await client.GET('/v1/users');
    assert.equal(response.status, 403);
    return { figures: `as ${user.role}; the list of users is closed to members: 403`, value: undefined };
  });
  return email;
}

/** The administrator of the development installation, signed in. */
export function signInAdmin(
  report: Report,
  apiUrl: string,
  admin: { email: string; password: string },
): Promise<Client> {
  return report.step('sign in as administrator', async () => {
    const value = createClient({ baseUrl: apiUrl });
    const { permissions } = await signIn(value, admin);
    assert(permissions.includes('users:write'));
    return { figures: `${admin.email}, ${permissions.length} permissions`, value };
  });
}

async function signIn(client: Client, body: { email: string; password: string }) {
  dataOf(await client.POST('/v1/sessions', { body }));
  return dataOf(await client.GET('/v1/sessions/current'));
}
