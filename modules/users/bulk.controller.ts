import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import { type StagedFile, Upload, UploadedFile } from '#libs/files';
import { LocationHeader } from '#libs/http';
import { RequireIdempotencyKey } from '#libs/idempotency';
import { JobAcceptedView } from '#libs/queue';
import { UserExportsService } from './user-exports.service.js';
import { UserImportsService } from './user-imports.service.js';
import { ExportRequest } from './users.contract.js';

/** Bytes, which is about a million rows. */
const maxImportBytes = 50 * 1024 * 1024;

@ApiTags('users')
@Controller('v1')
export class BulkController {
  constructor(
    private readonly imports: UserImportsService,
    private readonly exports: UserExportsService,
  ) {}

  @Post('user-imports')
  @RequirePermission('users:write')
  @RequireIdempotencyKey()
  @Upload({ mediaType: 'text/csv', maxBytes: maxImportBytes })
  @LocationHeader('/v1/jobs/{id}')
  @ApiOperation({
    operationId: 'importUsers',
    summary: 'Create accounts from the rows of a CSV file (email,name,role)',
  })
  @ZodResponse({ status: 202, type: JobAcceptedView })
  import(@UploadedFile() file: StagedFile) {
    return this.imports.request(file);
  }

  @Post('user-exports')
  @RequirePermission('users:read')
  @RequireIdempotencyKey()
  @LocationHeader('/v1/jobs/{id}')
  @ApiOperation({ operationId: 'exportUsers', summary: 'Write the users that match a filter into a file' })
  @ZodResponse({ status: 202, type: JobAcceptedView })
  export(@Body() request: ExportRequest) {
    return this.exports.request(request);
  }
}
