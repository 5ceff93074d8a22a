import { findContext, type WorkContext } from '#libs/context';
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

/** The context of a request: AuthenticationGuard adds who is asking. */
export interface RequestContext extends WorkContext {
  /** Nothing for an anonymous caller. */
  principal?: Principal;
}

/** Who is asking, or nothing for an anonymous caller and in a job. */
export function findPrincipal(): Principal | undefined {
  const context: RequestContext | undefined = findContext();
  return context?.principal;
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
