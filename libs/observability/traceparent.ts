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

export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
