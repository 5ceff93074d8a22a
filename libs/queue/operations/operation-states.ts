import type { operationStates } from '../outbox/queue.schema.js';

export type OperationState = (typeof operationStates)[number];

type Transitions = Record<OperationState, readonly OperationState[]>;

/** Every change of state by runs and clients; docs/jobs.md draws this table and the next, and a test compares them. */
export const transitions: Transitions = {
  queued: ['running', 'failed', 'cancelled'],
  running: ['running', 'queued', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
};

/** What only an operator does. A table of its own, because a run that comes too late must not bring back what has failed. */
export const reopenings: Transitions = {
  queued: [],
  running: [],
  succeeded: [],
  failed: ['queued'],
  cancelled: [],
};

/** The states from which an operation may come into this one: what the statement that changes it asks for. */
export function statesBefore(next: OperationState, changes: Transitions = transitions): OperationState[] {
  return (Object.keys(changes) as OperationState[]).filter((state) => changes[state].includes(next));
}
