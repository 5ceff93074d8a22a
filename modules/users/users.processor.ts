import { Injectable } from '@nestjs/common';
import { type JobRun, ProcessJob } from '#libs/queue';
import { UserExportsService } from './user-exports.service.js';
import { UserImportsService } from './user-imports.service.js';
import { exportUsers, type ImportOrder, importUsers } from './users.jobs.js';
import { type ExportRequest } from './users.contract.js';

@Injectable()
export class UsersProcessor {
  constructor(
    private readonly imports: UserImportsService,
    private readonly exports: UserExportsService,
  ) {}

  @ProcessJob(importUsers)
  import(run: JobRun<ImportOrder>) {
    return this.imports.run(run);
  }

  @ProcessJob(exportUsers)
  export(run: JobRun<ExportRequest>) {
    return this.exports.run(run);
  }
}
