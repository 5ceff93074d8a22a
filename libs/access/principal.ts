import { AsyncLocalStorage } from 'node:async_hooks';
import type { Permission, ServiceScope } from './permissions.js';
import { AccessDenied, AuthenticationRequired, SessionRequired } from './problems.js';

/** The browser session that proved who is asking. */
export interface SessionProof {
  id: string;
  /** Who this is was proven again a moment ago: sensitive actions are open. */
  isSudo: boolean;
  /** The administrator who acts as this user. */
  impersonatorId?: string;
}

export interface UserPrincipal {
  kind: 'user';
  id: string;
  permissions: ReadonlySet<Permission>;
  /** Nothing when it was proven by an API key. */
  session?: SessionProof;
  apiKeyId?: string;
}

export interface ServicePrincipal {
  kind: 'service';
  /** The client id. */
  id: string;
  /** What routes for services ask for; the permissions of people are none of a service's. */
  scopes: ReadonlySet<ServiceScope>;
  permissions: ReadonlySet<Permission>;
}

/** Who is asking. `id` owns what they make: jobs, cursors, rows. */
export type Principal = UserPrincipal | ServicePrincipal;

/**
 * What counts as one caller for idempotency keys and rate limits. Each API key is one of its own: whoever holds a key
 * must not be shown the answers that another key of the same user got, nor use up that user's quota.
 */
export function callerOf(principal: Principal): string {
  return principal.kind === 'user' && principal.apiKeyId ? `key:${principal.apiKeyId}` : principal.id;
}

/** What the current work is done for; carried from the request through the outbox into the job. */
export interface WorkContext {
  requestId: string;
  principal?: Principal;
  /** In a job the principal who promised it: nobody is asking there, and no rights come with it. */
  ownerId?: string;
  /** W3C traceparent of the request or job, when there is one. */
  traceparent?: string;
  /** Where the request came from, as a /24 or /64; nothing in a job. */
  clientNetwork?: string;
}

const storage = new AsyncLocalStorage<WorkContext>();

export function runInContext<T>(context: WorkContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the current request or job, or nothing at boot. */
export function findContext(): WorkContext | undefined {
  return storage.getStore();
}

/** Where the current request came from, as a /24 or /64: the source of what nobody known tries. */
export function callingNetwork(): string {
  return findContext()?.clientNetwork ?? 'unknown';
}

/** Who is asking, or nothing for an anonymous caller. */
export function findPrincipal(): Principal | undefined {
  return storage.getStore()?.principal;
}

/** Who is asking. Throws {@link AuthenticationRequired} for an anonymous caller. */
export function getPrincipal(): Principal {
  const principal = findPrincipal();
  if (!principal) throw new AuthenticationRequired();
  return principal;
}

/** The user who is asking. Throws {@link AuthenticationRequired}, or {@link AccessDenied} for a service. */
export function getUser(): UserPrincipal {
  const principal = getPrincipal();
  if (principal.kind !== 'user') throw new AccessDenied('This is for users.');
  return principal;
}

/** The service that is asking. Throws {@link AuthenticationRequired}, or {@link AccessDenied} for a user. */
export function getService(): ServicePrincipal {
  const principal = getPrincipal();
  if (principal.kind !== 'service') throw new AccessDenied('This is for services.');
  return principal;
}

/** The session of who is asking. Throws what {@link getUser} throws, or {@link SessionRequired} for an API key. */
export function getSession(): SessionProof {
  const { session } = getUser();
  if (!session) throw new SessionRequired();
  return session;
}
