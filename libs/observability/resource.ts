import { randomUUID } from 'node:crypto';
import { version } from './version.js';

/**
 * Which process something comes from, by the names of OpenTelemetry's semantic conventions. Traces, lines of the log and metrics have
 * it from here. The console knows the process by its instance id.
 */
export type Resource = Record<
  'service.name' | 'service.version' | 'service.instance.id' | 'deployment.environment.name',
  string
>;

/**
 * The id of each app that runs in this process, which is one outside of tests. It is a random UUID, as the conventions recommend: the
 * preload for tracing makes it, which must not load libs/database and with it the driver that it is going to patch.
 */
const instanceIds = new Map<string, string>();

/** Returns the resource of the app `api` or `worker`. OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say what they say everywhere. */
export function resourceOf(app: string, env: NodeJS.ProcessEnv = process.env): Resource {
  const id = instanceIds.get(app) ?? randomUUID();
  instanceIds.set(app, id);
  const given = resourceAttributes(env);
  return {
    'service.name': env.OTEL_SERVICE_NAME || given['service.name'] || `mainstay-${app}`,
    'service.version': given['service.version'] || version(),
    // One that is given would be that of a container, which may start several processes one after the other.
    'service.instance.id': id,
    'deployment.environment.name': given['deployment.environment.name'] || env.NODE_ENV || 'development',
  };
}

/** Returns the attributes in OTEL_RESOURCE_ATTRIBUTES; none if one is malformed, as the specification wants it. */
export function resourceAttributes(env: NodeJS.ProcessEnv): Record<string, string> {
  const pairs = (env.OTEL_RESOURCE_ATTRIBUTES ?? '').split(',').filter((pair) => pair.trim() !== '');
  try {
    return Object.fromEntries(pairs.map(attributeOf));
  } catch {
    return {};
  }
}

function attributeOf(pair: string): [name: string, value: string] {
  const [name, value, ...rest] = pair.split('=').map((part) => decodeURIComponent(part.trim()));
  if (!name || value === undefined || rest.length > 0) throw new Error(`${pair} is no attribute`);
  return [name, value];
}
