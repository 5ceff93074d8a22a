import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { findPrincipal } from '#libs/access';
import { type Key, Keyring } from '#libs/config';
import type { Position } from './keyset.js';
import type { Page } from './page.js';
import { CursorInvalid } from './problems.js';

/** The list that a cursor is bound to, besides its caller. The cursor does not work with any other value of these. */
export interface Listing {
  /** The name of the list, for example `users`. */
  resource: string;
  sort: string;
  filters: Record<string, string | number | boolean | Date | undefined>;
}

/** 72 hours: a client can continue after a weekend. */
const lifetimeMs = 72 * 3600 * 1000;

/** Characters. No valid cursor is that long; a longer one is refused before it costs any work. */
const maxLength = 4096;

const nonceBytes = 12;
const tagBytes = 16;

const content = z.tuple([z.union([z.string(), z.number()]), z.string(), z.number()]);

/**
 * Encodes and decodes the cursors of keyset pagination. A cursor is the position of the last row of a page, sealed with
 * AES-256-GCM and not only signed, because the position may hold a name and proxies log URLs. The binding is authenticated
 * with the cursor but not contained in it. Random nonces are safe for 2^32 cursors of one key (NIST SP 800-38D section 8.3).
 */
@Injectable()
export class CursorCodec {
  constructor(private readonly keyring: Keyring) {}

  /** Returns the position after which the page starts, or undefined without a cursor. Throws {@link CursorInvalid}. */
  read(cursor: string | undefined, listing: Listing): Position | undefined {
    if (cursor === undefined) return undefined;
    const sealed = decode(cursor);
    for (const key of this.keyring.all('cursor')) {
      const opened = open(key, sealed, binding(listing));
      if (!opened) continue;
      const [value, id, expiresAt] = content.parse(JSON.parse(opened));
      if (expiresAt < Date.now()) break;
      return { value, id };
    }
    throw new CursorInvalid();
  }

  /**
   * Returns the page of the rows that a query with `limit + 1` found. The last of them only shows that there are more.
   * `positionOf` returns the sort value and the id of a row.
   */
  page<Row>(
    rows: Row[],
    listing: Listing & { limit: number },
    positionOf: (row: Row) => { value: string | number | Date; id: string },
  ): Page<Row> {
    const data = rows.slice(0, listing.limit);
    const last = data.at(-1);
    if (rows.length <= listing.limit || last === undefined) {
      return { data, page: { next_cursor: null, has_more: false } };
    }
    return { data, page: { next_cursor: this.#write(positionOf(last), listing), has_more: true } };
  }

  #write({ value, id }: { value: string | number | Date; id: string }, listing: Listing): string {
    const text = JSON.stringify([value, id, Date.now() + lifetimeMs]);
    return seal(this.keyring.primary('cursor'), text, binding(listing)).toString('base64url');
  }
}

/** Returns the authenticated data. It sorts the filters by name, so that their order does not matter; 1 is the format version. */
function binding({ resource, sort, filters }: Listing): Buffer {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  given.sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify([1, resource, sort, given, findPrincipal()?.id ?? null]));
}

function decode(cursor: string): Buffer {
  const sealed = Buffer.from(cursor.slice(0, maxLength), 'base64url');
  // Node skips characters that are not base64url and ignores spare bits of the last one, but a cursor has one spelling.
  if (sealed.length <= nonceBytes + tagBytes || sealed.toString('base64url') !== cursor)
    throw new CursorInvalid();
  return sealed;
}

function seal(key: Key, text: string, bound: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: tagBytes }).setAAD(bound);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Returns the text, or undefined when the cursor was not sealed with this key and this binding. */
function open(key: Key, sealed: Buffer, bound: Buffer): string | undefined {
  const nonce = sealed.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: tagBytes }).setAAD(
    bound,
  );
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const text = decipher.update(sealed.subarray(nonceBytes, -tagBytes), undefined, 'utf8');
  try {
    return text + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
