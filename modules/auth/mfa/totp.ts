import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** The parameters that every authenticator app supports. Many apps ignore others, which RFC 6238 section 1.2 allows. */
const parameters = { algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** The number of steps to either side that are accepted, for clocks that differ (RFC 6238 section 5.2). */
const window = 1;

/** Bytes: 160 bits, the length of the HMAC (RFC 4226 section 4, R6). */
const secretBytes = 20;

export function newTotpSecret(): Buffer {
  return randomBytes(secretBytes);
}

/** Returns the secret for typing and the URI for a QR code. The label in the URI tells the user which account it is. */
export function provisioning(secret: Buffer, account: string): { secret: string; uri: string } {
  const totp = new TOTP({ ...parameters, issuer: 'Mainstay', label: account, secret: asSecret(secret) });
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/**
 * Returns the time step of this code, when it is one of those around `now` (milliseconds since 1970) and later than
 * `lastStep`. It compares in constant time.
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
