/** What a process says of itself to this module. */
export interface OpsOptions {
  app: 'api' | 'worker';
  /** The port of its own for /metrics; undefined for none. */
  metricsPort: number | undefined;
}

export const opsOptions = Symbol('ops options');
