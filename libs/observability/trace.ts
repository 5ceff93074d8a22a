import {
  type Attributes,
  type Context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { findContext } from '#libs/context';
import { codeOf } from './failures.js';
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
 * Marks the place at which a message is made with a PRODUCER span of no length, and returns the traceparent that the message carries:
 * its receiver continues the trace there, or links to it. When tracing is off, it is the caller's.
 */
export function traceMessage(name: string, attributes: Attributes): string | undefined {
  const span = tracer().startSpan(name, { kind: SpanKind.PRODUCER, attributes });
  span.end();
  const made = span.spanContext();
  return isSpanContextValid(made) ? formatTraceparent(made) : currentTraceparent();
}

/** Runs the sending of a batch in a span of a trace of its own, which links to where each of the messages was made. */
export function inSenderSpan<T>(
  name: string,
  attributes: Attributes,
  messages: readonly { traceparent: string | undefined }[],
  work: () => Promise<T>,
): Promise<T> {
  return inSpan(name, { kind: SpanKind.CLIENT, attributes }, ROOT_CONTEXT, async (span) => {
    if (span.isRecording()) span.addLinks(messages.flatMap(({ traceparent }) => linksTo(traceparent)));
    try {
      return await work();
    } catch (error) {
      fail(span, error);
      throw error;
    }
  });
}

/**
 * Runs the work of a received message in a CONSUMER span: in the trace in which the message was made, or, when `isLate`, in a trace of
 * its own that links to it. Without a valid traceparent the span starts a trace. What the work throws is no failure of the span, because
 * it may be an answer to the queue: {@link describeOutcome} says how the work ended. When tracing is off, it only runs the work.
 */
export function inConsumerSpan<T>(
  name: string,
  attributes: Attributes,
  { traceparent, isLate }: { traceparent: string | undefined; isLate: boolean },
  work: () => Promise<T>,
): Promise<T> {
  const origin = traceparent ? spanContextOf(traceparent) : undefined;
  const parent = origin && !isLate ? trace.setSpanContext(ROOT_CONTEXT, origin) : ROOT_CONTEXT;
  const options = { kind: SpanKind.CONSUMER, attributes, links: isLate ? linksTo(traceparent) : [] };
  return inSpan(name, options, parent, work);
}

/** Writes how the work of the active span ended into it. */
export function describeOutcome(outcome: string, error?: unknown): void {
  const span = trace.getActiveSpan();
  if (!span) return;
  span.setAttribute('mainstay.job.outcome', outcome);
  if (error !== undefined) fail(span, error);
}

const tracer = () => trace.getTracer('mainstay');

function inSpan<T>(
  name: string,
  options: SpanOptions,
  parent: Context,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer().startActiveSpan(name, options, parent, (span) => work(span).finally(() => span.end()));
}

function linksTo(traceparent: string | undefined): Link[] {
  const context = traceparent ? spanContextOf(traceparent) : undefined;
  return context ? [{ context }] : [];
}

/** The span gets only the code of the error, because the message may hold data of the work. */
function fail(span: Span, error: unknown): void {
  span.setAttribute('error.type', codeOf(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
}
