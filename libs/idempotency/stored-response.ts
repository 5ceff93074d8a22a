import { type Keyring, open, seal as sealBytes } from '#libs/config';
import { FinalResponse } from '#libs/http';

const purpose = 'idempotency-response';

/** Encrypts a response and authenticates the id and fingerprint of its row, so that a row moved to another key does not open. */
export function seal(response: FinalResponse, bound: Buffer, keyring: Keyring): Buffer {
  const head = Buffer.from(
    JSON.stringify({ status: response.status, headers: response.headers, hasBody: response.body !== null }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  const content = Buffer.concat([length, head, response.body ?? Buffer.alloc(0)]);
  return sealBytes(content, { keyring, purpose, bound });
}

/** Decrypts a response. Throws when the row was altered or its key is gone: the log gets the error, and the caller no answer. */
export function unseal(sealed: Buffer, bound: Buffer, keyring: Keyring): FinalResponse {
  const { content } = open(sealed, { keyring, purpose, bound });
  const bodyStart = 4 + content.readUInt32BE(0);
  const head = JSON.parse(content.subarray(4, bodyStart).toString()) as {
    status: number;
    headers: Record<string, string>;
    hasBody: boolean;
  };
  return new FinalResponse(head.status, head.headers, head.hasBody ? content.subarray(bodyStart) : null);
}
