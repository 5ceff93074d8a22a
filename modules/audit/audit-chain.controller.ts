import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import { AuditChainView } from './audit-chain.contract.js';
import { AuditChainService } from './audit-chain.service.js';

@ApiTags('operators')
@Controller('v1/audit-chain')
export class AuditChainController {
  constructor(private readonly chain: AuditChainService) {}

  @Get()
  @RequirePermission('audit:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'verifyAuditChain',
    summary: 'Compare the end of the audit log with its seals',
  })
  @ZodResponse({ status: 200, type: AuditChainView })
  verify() {
    return this.chain.verify();
  }
}
