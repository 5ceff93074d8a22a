import { computed, signal } from '@preact/signals';
import type { components } from '#libs/client';
import { client, dataOf } from './client.js';

export type Session = components['schemas']['Session'];
export type Permission = Session['permissions'][number];

/** `undefined` until the API has answered, `null` while nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined);
export const mailbox = signal<string | null>(null);
export const openidReturns = signal(false);
export const startFailure = signal<unknown>(undefined);

export const can = (permission: Permission) => session.value?.permissions.includes(permission) ?? false;

/** Whoever may read anything of the operation of the installation has a console. */
export const isMember = computed(
  () =>
    session.value !== undefined &&
    session.value !== null &&
    !session.value.permissions.some((name) => name.endsWith(':read')),
);

/** Asks who is signed in; a public route does, because a refusal would be an error in the console of the browser. */
export async function start(): Promise<void> {
  try {
    const console = dataOf(await client.GET('/v1/console'));
    mailbox.value = console.mailbox;
    openidReturns.value = console.openid_returns;
    session.value = console.is_signed_in ? dataOf(await client.GET('/v1/sessions/current')) : null;
    startFailure.value = undefined;
  } catch (error) {
    startFailure.value = error;
  }
}

export const endSession = () => (session.value = null);

export async function signOut(): Promise<void> {
  await client.DELETE('/v1/sessions/current').catch(() => undefined);
  endSession();
}
