import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { auditEvents } from '#libs/audit-log';

/**
 * The form of an event in the chain: every stored value as text, which depends on neither time zone nor driver. The order and
 * the form are part of the chain and never change; a new column needs a second form beside this one.
 */
export const sealedColumns = {
  seq: auditEvents.seq,
  text: sql<string>`jsonb_build_array(
    ${auditEvents.seq}, ${auditEvents.id}, (extract(epoch from ${auditEvents.at}) * 1000)::text,
    ${auditEvents.actorKind}, ${auditEvents.actorId}, ${auditEvents.impersonatorId}, ${auditEvents.sessionId},
    ${auditEvents.apiKeyId}, ${auditEvents.clientNetwork}, ${auditEvents.action}, ${auditEvents.target},
    ${auditEvents.outcome}, ${auditEvents.reason}, ${auditEvents.requestId}, ${auditEvents.meta}
  )::text`,
};

export interface EventText {
  seq: number;
  text: string;
}

/** The number of an event and the hash of its content. */
export interface Digest {
  seq: number;
  hash: Buffer;
}

/** The head before the first event. */
export const start: Buffer = Buffer.alloc(32);

export function digestOf({ seq, text }: EventText): Digest {
  return { seq, hash: createHash('sha256').update(text).digest() };
}

/** Returns the head of the chain after one more event. */
export function link(head: Buffer, digest: Digest): Buffer {
  return createHash('sha256').update(head).update(packed(digest)).digest();
}

const size = 8 + 32;

export function pack(digests: Digest[]): Buffer {
  return Buffer.concat(digests.map(packed));
}

/** Returns the digests. It ignores surplus bytes, because count and head do not match then. */
export function unpack(bytes: Buffer): Digest[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => {
    const at = index * size;
    return { seq: Number(bytes.readBigUInt64BE(at)), hash: bytes.subarray(at + 8, at + size) };
  });
}

function packed({ seq, hash }: Digest): Buffer {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(seq));
  return Buffer.concat([number, hash]);
}
