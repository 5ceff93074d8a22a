import type { SpanContext } from '@opentelemetry/api';

/** The traceparent of W3C Trace Context section 3.2.2, version 00, which forbids ids of all zeroes. */
const version00 = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Returns the header when it is a valid traceparent. With any other value the receiver starts a new trace. */
export function parseTraceparent(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && version00.test(header) ? header : undefined;
}

/** Returns the span that a valid traceparent names, or undefined for any other text. */
export function spanContextOf(traceparent: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = version00.exec(traceparent) ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  return { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
}

/** Returns the trace id of a valid traceparent, and the address of its page where the installation has a tool for traces. */
export function traceOf(
  traceparent: string | undefined,
  template: string | undefined,
): { trace_id: string | null; trace_url: string | null } {
  const id = spanContextOf(traceparent ?? '')?.traceId ?? null;
  return { trace_id: id, trace_url: traceUrlOf(id, template) };
}

/** Trace ids are hexadecimal digits, which need no escape. */
export function traceUrlOf(id: string | null, template: string | undefined): string | null {
  return id !== null && template !== undefined && /^[\da-f]{32}$/.test(id)
    ? template.replaceAll('{trace_id}', id)
    : null;
}

export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
