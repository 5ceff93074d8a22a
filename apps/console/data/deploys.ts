import { signal } from '@preact/signals';
import type { components } from '#libs/client';
import { client, dataOf } from './client.js';

type Deploy = components['schemas']['OpsDeploy'];

/** The deploys of the last seven days, for the marks of all charts. */
export const deploys = signal<Deploy[]>([]);

/** Milliseconds between two looks, however many charts ask. */
const lookEveryMs = 30_000;
let askedAt = -Infinity;

/** Looks again from time to time. Charts have no marks while that fails. */
export function refreshDeploys(): void {
  if (performance.now() - askedAt < lookEveryMs) return;
  askedAt = performance.now();
  client.GET('/v1/ops/deploys').then(
    (answer) => (deploys.value = dataOf(answer).data),
    () => {},
  );
}
