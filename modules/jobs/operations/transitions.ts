import type { operationStates } from '../jobs.schema.js';

export type OperationState = (typeof operationStates)[number];

/** Every change of state that there is; docs/jobs.md draws this table, and a test compares the two. */
export const transitions: Record<OperationState, readonly OperationState[]> = {
  queued: ['running', 'failed', 'cancelled'],
  running: ['running', 'queued', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
};

/** The states from which an operation may come into this one: what the statement that changes it asks for. */
export function statesBefore(next: OperationState): OperationState[] {
  return (Object.keys(transitions) as OperationState[]).filter((state) => transitions[state].includes(next));
}
