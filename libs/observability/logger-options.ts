import { type LogFn, type LoggerOptions, stdTimeFunctions } from 'pino';
import { findPrincipal } from '#libs/access';
import { findContext } from '#libs/context';
import { withoutAddresses } from './addresses.js';
import { safeArguments } from './log-fields.js';
import type { Resource } from './resource.js';
import { currentSpan } from './trace.js';

/** Returns the options of pino: the fields that every line gets from its context, and the filters that every line passes. */
export function loggerOptions(resource: Resource, level: string): LoggerOptions {
  return {
    level,
    base: resource,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: contextFields,
    // The hook below has converted errors to plain data, which pino's own serializer would take for an error again.
    serializers: { err: (fields: unknown) => fields },
    hooks: {
      logMethod(values, method) {
        method.apply(this, safeArguments(values) as Parameters<LogFn>);
      },
      streamWrite: withoutAddresses,
    },
  };
}

function contextFields(): object {
  const span = currentSpan();
  return {
    request_id: findContext()?.requestId,
    principal_id: findPrincipal()?.id,
    trace_id: span?.traceId,
    span_id: span?.spanId,
  };
}
