import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { and, asc, eq, gt, isNotNull, sql } from 'drizzle-orm';
import { findPrincipal } from '#libs/access';
import { Database, newId } from '#libs/database';
import { inChunks } from './chunks.js';
import { fileChunks, files } from './files.schema.js';
import { FileNotFound, FileStorageFull, FileTooLarge } from './problems.js';

/**
 * 32 KiB. The driver makes several copies of a chunk that it reads. Node frees those of small ones with its frequent young
 * collections, whereas tens of megabytes of large ones pile up.
 */
const chunkBytes = 32 * 1024;

/** Chunks of one statement: 50 MB take 200 inserts, and many transfers at once fit in memory. */
const chunksAtOnce = 8;

/** The time that an upload may take, and the time that a staged file waits to be adopted. */
const stagingFor = sql`now() + interval '1 hour'`;

/** Bytes that the uploads of one user may take. Uploads under way do not count, and the API takes four of them at a time. */
const maxBytesPerOwner = 1024 ** 3;

export interface StageOptions {
  mediaType: string;
  /** The name under which a browser saves the file. */
  name?: string;
  maxBytes: number;
  /** Called before bytes are written; what it throws ends the upload. */
  beforeBytes?: (fileId: string, bytes: number) => Promise<void>;
}

export interface StagedFile {
  id: string;
  /** Bytes. */
  size: number;
  sha256: Buffer;
}

export interface StoredFile extends StagedFile {
  mediaType: string;
  name: string | null;
}

/**
 * Stores files as rows of Postgres, so that they commit with the rows to which they belong and need no second store. A caller
 * first stages a file, chunk by chunk and outside any transaction, and then adopts it with one update in the transaction that
 * gives it a meaning. The sweep deletes files that no caller adopts.
 */
@Injectable()
export class FileStore {
  readonly #log = new Logger(FileStore.name);

  constructor(private readonly db: Database) {}

  /**
   * Stores a stream of any length in constant memory, and holds a connection only while it writes a chunk. Leaves nothing
   * behind when the stream fails or is longer than `maxBytes`; in the latter case it throws {@link FileTooLarge}. Throws
   * {@link FileStorageFull} for a user whose uploads take too much space.
   */
  async stage(
    source: AsyncIterable<Uint8Array>,
    { mediaType, name, ...options }: StageOptions,
  ): Promise<StagedFile> {
    if (this.db.inTransaction)
      throw new Error('Stage a file outside any transaction: a slow upload would keep it open.');
    const id = newId();
    const ownerId = findPrincipal()?.id;
    if (ownerId !== undefined) await this.#assertRoom(ownerId);
    await this.db.conn.insert(files).values({ id, mediaType, name, ownerId, expiresAt: stagingFor });
    try {
      return await this.#write(id, source, options);
    } catch (error) {
      await this.discard(id);
      throw error;
    }
  }

  /** Keeps a staged file, for ever or for some days. Needs a transaction. Throws {@link FileNotFound}. */
  async adopt(id: string, { forDays }: { forDays?: number } = {}): Promise<void> {
    const expiresAt = forDays === undefined ? null : sql`now() + make_interval(days => ${forDays})`;
    const [file] = await this.db.tx
      .update(files)
      .set({ state: 'stored', expiresAt })
      .where(and(eq(files.id, id), eq(files.state, 'staging'), isNotNull(files.sha256)))
      .returning({ id: files.id });
    if (!file) throw new FileNotFound();
  }

  /** Returns what is known of a file. Throws {@link FileNotFound} unless the whole file is stored. */
  async get(id: string): Promise<StoredFile> {
    const [file] = await this.db.conn
      .select({
        id: files.id,
        mediaType: files.mediaType,
        name: files.name,
        size: files.size,
        sha256: files.sha256,
      })
      .from(files)
      .where(eq(files.id, id));
    if (!file?.sha256) throw new FileNotFound();
    return { ...file, sha256: file.sha256 };
  }

  /** Yields the bytes, with a few chunks in memory and no connection held between two. Throws {@link FileNotFound}. */
  async *read(id: string): AsyncGenerator<Buffer> {
    const { size } = await this.get(id);
    let read = 0;
    let last = -1;
    while (read < size) {
      const chunks = await this.db.conn
        .select({ seq: fileChunks.seq, data: fileChunks.data })
        .from(fileChunks)
        .where(and(eq(fileChunks.fileId, id), gt(fileChunks.seq, last)))
        .orderBy(asc(fileChunks.seq))
        .limit(chunksAtOnce);
      // The file was deleted during the read: the reader must not take a part for the whole.
      if (chunks.length === 0) throw new FileNotFound();
      for (const { seq, data } of chunks) {
        last = seq;
        read += data.length;
        yield data;
      }
    }
  }

  /** Counts the line ends of a text where it is stored: LF and CRLF, or CR when the file has no LF. */
  async countLineEnds(id: string): Promise<number> {
    const count = (end: string) =>
      sql<number>`coalesce(sum(length(text) - length(replace(text, ${end}, ''))), 0)::float8`;
    const text = sql`(select encode(${fileChunks.data}, 'escape') as text from ${fileChunks} where ${fileChunks.fileId} = ${id}) chunks`;
    const [found] = await this.db.conn.select({ lf: count('\n'), cr: count('\r') }).from(text);
    return found!.lf || found!.cr;
  }

  /** Deletes a file and its bytes. A file that does not exist is no error. */
  async delete(id: string): Promise<void> {
    await this.db.conn.delete(files).where(eq(files.id, id));
  }

  /** Deletes a file unless it is adopted. Never throws: an error here would hide why the caller discards the file. */
  async discard(id: string): Promise<void> {
    try {
      await this.db.conn.delete(files).where(and(eq(files.id, id), eq(files.state, 'staging')));
    } catch {
      this.#log.warn(`File ${id} could not be deleted. The sweep will delete it.`);
    }
  }

  async #assertRoom(ownerId: string): Promise<void> {
    const [usage] = await this.db.conn
      .select({
        bytes: sql<number>`coalesce(sum(${files.size}), 0)::float8`,
        next: sql<number | null>`extract(epoch from min(${files.expiresAt}) - now())::float8`,
      })
      .from(files)
      .where(eq(files.ownerId, ownerId));
    if (usage!.bytes < maxBytesPerOwner) return;
    throw new FileStorageFull(`At most ${maxBytesPerOwner} bytes may be stored.`, {
      retryAfter: Math.max(1, usage!.next ?? 3600),
    });
  }

  async #write(
    id: string,
    source: AsyncIterable<Uint8Array>,
    { maxBytes, beforeBytes }: Pick<StageOptions, 'maxBytes' | 'beforeBytes'>,
  ): Promise<StagedFile> {
    const hash = createHash('sha256');
    let size = 0;
    let seq = 0;
    for await (const part of inChunks(source, chunksAtOnce * chunkBytes)) {
      size += part.length;
      if (size > maxBytes) throw new FileTooLarge(`It may have ${maxBytes} bytes at most.`);
      await beforeBytes?.(id, part.length);
      hash.update(part);
      const chunks = [];
      for (let at = 0; at < part.length; at += chunkBytes, seq += 1)
        chunks.push({ fileId: id, seq, data: part.subarray(at, at + chunkBytes) });
      await this.db.conn.insert(fileChunks).values(chunks);
    }
    const sha256 = hash.digest();
    const [file] = await this.db.conn
      .update(files)
      .set({ size, sha256, expiresAt: stagingFor })
      .where(eq(files.id, id))
      .returning({ id: files.id });
    // The upload took more than an hour, and the sweep has deleted the file.
    if (!file) throw new FileNotFound();
    return { id, size, sha256 };
  }
}
