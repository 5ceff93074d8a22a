import { RetentionService } from '#libs/database';
import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { FileStore } from './file-store.js';
import { files } from './files.schema.js';
import { ArrivingUploads } from './upload.js';

/** Files deleted in one statement; each may have hundreds of chunks behind it. */
const rowsPerStatement = 20;

@Module({ providers: [FileStore, ArrivingUploads], exports: [FileStore, ArrivingUploads] })
export class FilesModule {
  constructor(retention: RetentionService) {
    retention.addRule(files, files.id, lt(files.expiresAt, sql`now()`), { rowsPerStatement });
  }
}
