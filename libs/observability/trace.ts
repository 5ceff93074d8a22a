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

/** Returns the traceparent that makes a message or an outgoing call join this trace, or undefined outside any trace. */
export function currentTraceparent(): string | undefined {
  const active = activeSpanContext();
  return active ? formatTraceparent(active) : findContext()?.traceparent;
}

/** Returns the trace id of the current work (32 hexadecimal digits). When tracing is off here, it is the caller's. */
export function currentTraceId(): string | undefined {
  return currentSpan()?.traceId;
}

/** Returns the active span, or else the span of the caller. */
export function currentSpan(): { traceId: string; spanId: string } | undefined {
  const traceparent = findContext()?.traceparent;
  return activeSpanContext() ?? (traceparent ? spanContextOf(traceparent) : undefined);
}

function activeSpanContext() {
  const active = trace.getActiveSpan()?.spanContext();
  return active && isSpanContextValid(active) ? active : undefined;
}

/** Writes the network of the client, as a /24 or /64, into the active span. */
export function describeClient(network: string | undefined): void {
  if (network !== undefined) trace.getActiveSpan()?.setAttribute('client.address', network);
}

/**
 * Runs the work of a received message in a CONSUMER span, as a child of the span that sent the message. Without a valid
 * traceparent the span starts a trace. When tracing is off, it only runs the work.
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
      // The span gets only the name of the error, because the message may hold data of the work.
      span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
