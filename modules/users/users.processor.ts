import { Injectable } from '@nestjs/common';
import { type JobRun, ProcessJob } from '#libs/queue';
import { UserExports } from './user-exports.js';
import { UserImports } from './user-imports.js';
import { exportUsers, type ExportRequest, type ImportOrder, importUsers } from './users.contract.js';

@Injectable()
export class UsersProcessor {
  constructor(
    private readonly imports: UserImports,
    private readonly exports: UserExports,
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
