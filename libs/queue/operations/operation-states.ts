import type { operationStates } from '../queue.schema.js';

export type OperationState = (typeof operationStates)[number];

type Transitions = Record<OperationState, readonly OperationState[]>;

/** Every change of state by attempts and clients. docs/jobs.md draws this table and the next, and a test compares them. */
export const transitions: Transitions = {
  queued: ['running', 'failed', 'cancelled'],
  running: ['running', 'queued', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
};

/** The change that only an operator makes. A table of its own, because an attempt that comes too late must not reopen what has failed. */
export const reopenings: Transitions = {
  queued: [],
  running: [],
  succeeded: [],
  failed: ['queued'],
  cancelled: [],
};

/** The states from which an operation may come into this one. */
export function statesBefore(next: OperationState, changes: Transitions = transitions): OperationState[] {
  return (Object.keys(changes) as OperationState[]).filter((state) => changes[state].includes(next));
}
