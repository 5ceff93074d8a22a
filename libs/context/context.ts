import { AsyncLocalStorage } from 'node:async_hooks';

/** What the current work has used so far. Statements that it shares with others, such as a batch, are nobody's. */
export interface Usage {
  /** Messages to Postgres; several statements in one message count once. */
  statements: number;
  /** Seconds until the answers of Postgres were there. */
  databaseSeconds: number;
}

/** The origin of the current work. The outbox carries it from the request into the job. */
export interface WorkContext {
  requestId: string;
  /** In a job, the principal who enqueued it. No caller is present there, and the owner gives the job no rights. */
  ownerId?: string;
  /** The W3C traceparent of the request or job, when there is one. */
  traceparent?: string;
  /** The network of the client, as a /24 or /64. It is undefined in a job. */
  clientNetwork?: string;
  /** Undefined where nobody asks what the work uses. */
  usage?: Usage;
}

const storage = new AsyncLocalStorage<WorkContext>();

/**
 * Runs `work` and everything that it starts in this context. The context may have further fields, as that of a request does.
 */
export function runInContext<C extends WorkContext, T>(context: C, work: () => T): T {
  return storage.run(context, work);
}

/** Returns the context of the current request or job, or undefined while the process starts. */
export function findContext(): WorkContext | undefined {
  return storage.getStore();
}

/** Returns the network of the current request, as a /24 or /64. It identifies the source of an anonymous caller's attempts. */
export function callingNetwork(): string {
  return findContext()?.clientNetwork ?? 'unknown';
}
