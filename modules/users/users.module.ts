import { Module } from '@nestjs/common';
import { OwnerPermissions } from '#libs/access';
import { AuditLogModule } from '#libs/audit-log';
import { FilesModule } from '#libs/files';
import { IdempotencyModule } from '#libs/idempotency';
import { PaginationModule } from '#libs/pagination';
import { QueueModule } from '#libs/queue';
import { UserPermissions } from './job-authorization.js';
import { BulkController } from './bulk.controller.js';
import { UserExportsService } from './user-exports.service.js';
import { UserImportsService } from './user-imports.service.js';
import { UsersController } from './users.controller.js';
import { UserDirectoryService } from './user-directory.service.js';
import { UsersProcessor } from './users.processor.js';
import { UsersService } from './users.service.js';

/** Accounts and their rules, for every process. */
@Module({
  imports: [QueueModule, FilesModule, PaginationModule, AuditLogModule],
  providers: [
    UsersService,
    UserDirectoryService,
    UserImportsService,
    UserExportsService,
    { provide: OwnerPermissions, useClass: UserPermissions },
  ],
  exports: [UsersService, UserDirectoryService, UserImportsService, UserExportsService],
})
export class UsersModule {}

/** The routes, for the API. */
@Module({
  imports: [UsersModule, FilesModule, IdempotencyModule],
  controllers: [UsersController, BulkController],
})
export class UsersHttpModule {}

/** The jobs, for the worker. */
@Module({ imports: [UsersModule], providers: [UsersProcessor] })
export class UsersWorkerModule {}
