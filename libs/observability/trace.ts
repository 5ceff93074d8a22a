import {
  type Attributes,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { findContext } from '#libs/context';
import { formatTraceparent, spanContextOf } from './traceparent.js';

/** What a message or an outgoing call carries, so that what it causes joins this trace; nothing when nobody traces. */
export function currentTraceparent(): string | undefined {
  const active = activeSpanContext();
  return active ? formatTraceparent(active) : findContext()?.traceparent;
}

/** 32 hexadecimal digits: the trace of the current work, which is the caller's own when tracing is off here. */
export function currentTraceId(): string | undefined {
  return currentSpan()?.traceId;
}

/** The active span, or else the one of the caller. */
export function currentSpan(): { traceId: string; spanId: string } | undefined {
  const traceparent = findContext()?.traceparent;
  return activeSpanContext() ?? (traceparent ? spanContextOf(traceparent) : undefined);
}

function activeSpanContext() {
  const active = trace.getActiveSpan()?.spanContext();
  return active && isSpanContextValid(active) ? active : undefined;
}

/**
 * Runs the work of a received message in a CONSUMER span, a child of the span that sent it. Without a valid
 * traceparent the span starts a trace. With tracing off it only runs the work.
 */
export function withRemoteParent<T>(
  traceparent: string | undefined,
  name: string,
  attributes: Attributes,
  work: () => Promise<T>,
): Promise<T> {
  const sender = traceparent ? spanContextOf(traceparent) : undefined;
  const parent = sender ? trace.setSpanContext(ROOT_CONTEXT, sender) : ROOT_CONTEXT;
  const options = { kind: SpanKind.CONSUMER, attributes };
  return trace.getTracer('mainstay').startActiveSpan(name, options, parent, async (span) => {
    try {
      return await work();
    } catch (error) {
      // The name alone: messages may hold what was being worked on.
      span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
