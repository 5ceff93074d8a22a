import { describe, expect, it } from '@jest/globals';
import { mergePatch, redact, redacted } from './redaction.js';

describe('hiding secrets', () => {
  it('replaces what is named like one, at every depth, whatever its type', () => {
    const hidden = redact({
      userId: 'u1',
      password: 'p',
      resetToken: 't',
      nested: [{ client_secret: 's', apiKey: 'k', api_key: 'k', label: 'kept' }],
      credentials: { user: 'a' },
      authorization: null,
    });
    expect(hidden).toEqual({
      userId: 'u1',
      password: redacted,
      resetToken: redacted,
      nested: [{ client_secret: redacted, apiKey: redacted, api_key: redacted, label: 'kept' }],
      credentials: redacted,
      authorization: redacted,
    });
  });

  it.each(['text', 17, null, true, ['a', 1]])('leaves %j as it is', (value) => {
    expect(redact(value)).toEqual(value);
  });
});

describe('merging a patch', () => {
  // RFC 7396 appendix A, as far as payloads are concerned.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it('keeps the secret that its sender could not see', () => {
    const stored = { token: 't', user: { password: 'p', name: 'a' } };
    const sent = { ...(redact(stored) as object), user: { password: redacted, name: 'b' } };
    expect(mergePatch(stored, sent)).toEqual({ token: 't', user: { password: 'p', name: 'b' } });
  });

  it('takes a new secret, and the words themselves where no secret stands', () => {
    expect(mergePatch({ token: 't', label: 'l' }, { token: 'u', label: redacted })).toEqual({
      token: 'u',
      label: redacted,
    });
  });
});
