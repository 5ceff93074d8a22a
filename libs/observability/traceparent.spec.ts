import { describe, expect, it } from '@jest/globals';
import { runInContext } from '#libs/context';
import { currentTraceId, currentTraceparent, inConsumerSpan, inSenderSpan, traceMessage } from './trace.js';
import { formatTraceparent, parseTraceparent, spanContextOf, traceOf, traceUrlOf } from './traceparent.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const valid = `00-${traceId}-${spanId}-01`;

describe('a traceparent', () => {
  it.each([valid, `00-${traceId}-${spanId}-00`, `00-${traceId}-${spanId}-ff`])(
    'is read and written: %s',
    (header) => {
      expect(parseTraceparent(header)).toBe(header);
      expect(spanContextOf(header)).toMatchObject({ traceId, spanId, isRemote: true });
      expect(formatTraceparent(spanContextOf(header)!)).toBe(header);
    },
  );

  it.each([
    undefined,
    '',
    '00',
    valid.toUpperCase(),
    ` ${valid}`,
    `${valid}-`,
    `${valid}\n`,
    `${valid}-extra`,
    `ff-${traceId}-${spanId}-01`,
    `01-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.slice(1)}-${spanId}-01`,
    `00-${traceId}-${spanId}x-01`,
    `00-${traceId}-${spanId}-1`,
    `00-${traceId}-${spanId}-0g`,
    `00_${traceId}_${spanId}_01`,
    [valid],
    [valid, valid],
  ])('is ignored when it is %j', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});

describe('without a tracer', () => {
  const inRequest = <T>(traceparent: string | undefined, work: () => T) =>
    runInContext({ requestId: 'request-1', ...(traceparent && { traceparent }) }, work);

  it("the trace is the caller's", () => {
    expect(inRequest(valid, currentTraceId)).toBe(traceId);
    expect(inRequest(valid, currentTraceparent)).toBe(valid);
  });

  it('there is no trace when the caller names none', () => {
    expect(inRequest(undefined, currentTraceId)).toBeUndefined();
    expect(inRequest(undefined, currentTraceparent)).toBeUndefined();
    expect(currentTraceId()).toBeUndefined();
  });

  it('a message carries the trace of the caller', () => {
    const make = () => traceMessage('create thing', {});
    expect(inRequest(valid, make)).toBe(valid);
    expect(inRequest(undefined, make)).toBeUndefined();
  });

  it('the work of a message and of a batch only runs, and its error is passed on', async () => {
    const on = { traceparent: valid, isLate: true };
    const failure = new Error('broken');
    await expect(inConsumerSpan('work', {}, on, async () => 42)).resolves.toBe(42);
    await expect(inConsumerSpan('work', {}, on, () => Promise.reject(failure))).rejects.toBe(failure);
    await expect(inSenderSpan('work', {}, [on], async () => 42)).resolves.toBe(42);
    await expect(inSenderSpan('work', {}, [on], () => Promise.reject(failure))).rejects.toBe(failure);
  });
});

it('a trace is a link where the installation has a tool for traces, and only by an id of digits', () => {
  const template = 'https://traces.test/{trace_id}?q={trace_id}';
  expect(traceOf(valid, template)).toEqual({
    trace_id: traceId,
    trace_url: `https://traces.test/${traceId}?q=${traceId}`,
  });
  expect(traceOf(valid, undefined)).toEqual({ trace_id: traceId, trace_url: null });
  expect(traceOf('00-x', template)).toEqual({ trace_id: null, trace_url: null });
  expect(traceUrlOf('../evil', template)).toBeNull();
});
