import { AsyncLocalStorage } from 'node:async_hooks';
import type { Permission } from './permissions.js';
import { AuthenticationRequired } from './problems.js';

/** Who is asking. `id` is the scope of idempotency keys, rate limits and ownership. */
export interface Principal {
  kind: 'user';
  id: string;
  /** The session that proved it. */
  sessionId: string;
  permissions: ReadonlySet<Permission>;
}

/** What the current work is done for; carried from the request through the outbox into the job. */
export interface WorkContext {
  requestId: string;
  principal?: Principal;
  /** W3C traceparent of the request or job, when there is one. */
  traceparent?: string;
}

const storage = new AsyncLocalStorage<WorkContext>();

export function runInContext<T>(context: WorkContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the current request or job, or nothing at boot. */
export function findContext(): WorkContext | undefined {
  return storage.getStore();
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
