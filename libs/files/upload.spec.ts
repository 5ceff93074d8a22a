import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module, Post } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigModule, loadConfig } from '#libs/config';
import { Database, DatabaseModule } from '#libs/database';
import { HttpAdapter, ProblemFilter } from '#libs/http';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { FileStore, FilesModule, type StagedFile, Upload, UploadedFile } from './index.js';

@Controller('uploads')
class UploadsController {
  constructor(
    private readonly db: Database,
    private readonly files: FileStore,
  ) {}

  @Post('kept')
  @Upload({ mediaType: 'text/csv', maxBytes: 300_000 })
  async keep(@UploadedFile() file: StagedFile) {
    await this.db.transaction(() => this.files.adopt(file.id));
    return { size: file.size };
  }

  @Post('broken')
  @Upload({ mediaType: 'text/csv', maxBytes: 300_000 })
  break(@UploadedFile() file: StagedFile): never {
    throw new Error(`cannot use ${file.id}`);
  }
}

describe('an upload', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let origin: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = loadConfig({
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      SECRET_KEYS: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
    });
    @Module({
      imports: [ConfigModule.forRoot(config), DatabaseModule.forRoot('api'), FilesModule],
      controllers: [UploadsController],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    })
    class UploadsModule {}
    const adapter = new HttpAdapter(config, { answered: () => {}, failed: () => {} });
    app = await NestFactory.create<NestFastifyApplication>(UploadsModule, adapter, {
      logger: false,
      abortOnError: false,
    });
    await app.listen(0, '127.0.0.1');
    origin = await app.getUrl();
  });

  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  afterEach(() => database.pool.query('delete from files'));

  /** Sends a body without Content-Length, so that the server finds out by the bytes alone that they are too many. */
  const post = (path: string, bytes: Buffer) =>
    fetch(`${origin}/uploads/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: Readable.toWeb(Readable.from([bytes])) as ReadableStream,
      duplex: 'half',
    } as RequestInit);

  const states = async () => (await database.pool.query<{ state: string }>('select state from files')).rows;

  it('is stored when the handler adopts it', async () => {
    const response = await post('kept', Buffer.alloc(290_000, 'a'));
    expect([response.status, await response.json()]).toEqual([201, { size: 290_000 }]);
    expect(await states()).toEqual([{ state: 'stored' }]);
  });

  it('is deleted when the handler fails', async () => {
    expect((await post('broken', Buffer.alloc(1000, 'a'))).status).toBe(500);
    expect(await states()).toEqual([]);
  });

  it('is refused and leaves nothing when it is too large', async () => {
    const response = await post('kept', Buffer.alloc(300_001, 'a'));
    expect([response.status, await response.json()]).toEqual([
      413,
      expect.objectContaining({ code: 'files.too-large' }),
    ]);
    expect(await states()).toEqual([]);
  });

  it('is required: a request without a body is refused', async () => {
    const response = await fetch(`${origin}/uploads/kept`, { method: 'POST' });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'files.upload-missing' }),
    ]);
  });
});
