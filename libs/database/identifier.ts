import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(16 * 128);
let used = pool.length;

/** Returns a new UUIDv7 (RFC 9562 section 5.7). Ids sort by creation time to the millisecond and have 74 random bits. */
export function newId(now = Date.now()): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.subarray(used, (used += 16));
  id.writeUIntBE(now, 0, 6);
  id[6] = 0x70 | (id[6]! & 0x0f);
  id[8] = 0x80 | (id[8]! & 0x3f);
  const hex = id.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
