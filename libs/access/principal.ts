import { findContext, type WorkContext } from '#libs/context';
import type { Permission, ServiceScope } from './permissions.js';
import { AccessDenied, AuthenticationRequired, SessionRequired, SudoRequired } from './problems.js';

/** The browser session that authenticated the user. */
export interface SessionProof {
  id: string;
  /** Whether the user proved their identity again within the last minutes, which allows sensitive actions. */
  isSudo: boolean;
  /** The administrator who acts as this user. */
  impersonatorId?: string;
}

export interface UserPrincipal {
  kind: 'user';
  id: string;
  permissions: ReadonlySet<Permission>;
  /** The browser session, or undefined when an API key authenticated the user. */
  session?: SessionProof;
  apiKeyId?: string;
}

export interface ServicePrincipal {
  kind: 'service';
  /** The client id. */
  id: string;
  /** The scopes that routes for services require. */
  scopes: ReadonlySet<ServiceScope>;
  /** Those of the scopes that are permissions. */
  permissions: ReadonlySet<Permission>;
}

/** The authenticated caller. `id` owns what the caller creates: jobs, cursors, rows. */
export type Principal = UserPrincipal | ServicePrincipal;

/**
 * Returns the key that counts as one caller for idempotency keys and rate limits. Each API key counts separately: the holder
 * of a key must not see the answers that another key of the same user got, nor use up the quota of that user.
 */
export function callerOf(principal: Principal): string {
  return principal.kind === 'user' && principal.apiKeyId ? `key:${principal.apiKeyId}` : principal.id;
}

/** The context of a request. AuthenticationGuard adds the principal. */
export interface RequestContext extends WorkContext {
  /** The caller, or undefined when the caller is anonymous. */
  principal?: Principal;
}

/** Returns the caller, or undefined for an anonymous caller and in a job. */
export function findPrincipal(): Principal | undefined {
  const context: RequestContext | undefined = findContext();
  return context?.principal;
}

/** Returns the caller. Throws {@link AuthenticationRequired} for an anonymous caller. */
export function getPrincipal(): Principal {
  const principal = findPrincipal();
  if (!principal) throw new AuthenticationRequired();
  return principal;
}

/** Returns the calling user. Throws {@link AuthenticationRequired}, or {@link AccessDenied} for a service. */
export function getUser(): UserPrincipal {
  const principal = getPrincipal();
  if (principal.kind !== 'user') throw new AccessDenied('This is for users.');
  return principal;
}

/** Returns the calling service. Throws {@link AuthenticationRequired}, or {@link AccessDenied} for a user. */
export function getService(): ServicePrincipal {
  const principal = getPrincipal();
  if (principal.kind !== 'service') throw new AccessDenied('This is for services.');
  return principal;
}

/** Returns the session of the caller. Throws what {@link getUser} throws, or {@link SessionRequired} for an API key. */
export function getSession(): SessionProof {
  const { session } = getUser();
  if (!session) throw new SessionRequired();
  return session;
}

/**
 * Returns the session of a caller who acts as themselves. Throws what {@link getSession} throws, or {@link AccessDenied} for an
 * administrator who acts as a user.
 */
export function getOwnSession(): SessionProof {
  const session = getSession();
  if (session.impersonatorId !== undefined)
    throw new AccessDenied('An administrator who acts as a user cannot take sensitive actions.');
  return session;
}

/**
 * Throws unless the caller has a session of their own in sudo: what {@link getOwnSession} throws, or {@link SudoRequired}. It is
 * for actions that are sensitive only with some inputs; where all are, the route requires sudo.
 */
export function assertSudo(): void {
  if (!getOwnSession().isSudo) throw new SudoRequired();
}

/** Returns whether {@link assertSudo} would let the caller pass. */
export function isInSudo(): boolean {
  const principal = findPrincipal();
  const session = principal?.kind === 'user' ? principal.session : undefined;
  return session !== undefined && session.isSudo && session.impersonatorId === undefined;
}
