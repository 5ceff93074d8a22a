import { AsyncLocalStorage } from 'node:async_hooks';

/** What the current work is done for; carried from the request through the outbox into the job. */
export interface WorkContext {
  requestId: string;
  /** In a job the principal who promised it: nobody is asking there, and no rights come with it. */
  ownerId?: string;
  /** W3C traceparent of the request or job, when there is one. */
  traceparent?: string;
  /** Where the request came from, as a /24 or /64; nothing in a job. */
  clientNetwork?: string;
}

const storage = new AsyncLocalStorage<WorkContext>();

/** Runs `work` and everything that it starts in this context. The context may hold more, as that of a request does. */
export function runInContext<C extends WorkContext, T>(context: C, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the current request or job, or nothing at boot. */
export function findContext(): WorkContext | undefined {
  return storage.getStore();
}

/** Where the current request came from, as a /24 or /64: the source of what an unknown caller tries. */
export function callingNetwork(): string {
  return findContext()?.clientNetwork ?? 'unknown';
}
