import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** What every authenticator app takes: others ignore parameters beyond these (RFC 6238 section 1.2 allows them). */
const parameters = { algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** One step to either side, for clocks that differ (RFC 6238 section 5.2). */
const window = 1;

/** Bytes: 160 bits, the length of the HMAC (RFC 4226 section 4, R6). */
const secretBytes = 20;

export function newTotpSecret(): Buffer {
  return randomBytes(secretBytes);
}

/** What an app takes: the secret for typing, and the URI for a QR code. The label shows people which account it is. */
export function provisioning(secret: Buffer, account: string): { secret: string; uri: string } {
  const totp = new TOTP({ ...parameters, issuer: 'Mainstay', label: account, secret: asSecret(secret) });
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/**
 * The time step whose code this is, when it is one of those around `now` (milliseconds since 1970) and later than
 * `lastStep`. Compares in constant time.
 */
export function stepOf(code: string, secret: Buffer, now: number, lastStep: number): number | undefined {
  const delta = TOTP.validate({
    ...parameters,
    token: code,
    secret: asSecret(secret),
    timestamp: now,
    window,
  });
  if (delta === null) return undefined;
  const step = TOTP.counter({ period: parameters.period, timestamp: now }) + delta;
  return step > lastStep ? step : undefined;
}

function asSecret(secret: Buffer): Secret {
  return new Secret({ buffer: new Uint8Array(secret).buffer });
}
