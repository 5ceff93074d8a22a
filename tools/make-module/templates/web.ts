import type { Names } from '../names.js';

export function controller({ module, many, Many, One, words }: Names): string {
  return `import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { Authenticated, getPrincipal } from '#libs/access';
import { LocationHeader, WithETag } from '#libs/http';
import { RequireIdempotencyKey } from '#libs/idempotency';
import { ${One}Id, ${One}PageView, ${One}Query, ${One}View, New${One} } from './${module}.contract.js';
import { ${Many}Service } from './${module}.service.js';

@ApiTags('${module}')
@Controller('v1/${module}')
export class ${Many}Controller {
  constructor(private readonly ${many}: ${Many}Service) {}

  @Get()
  @Authenticated()
  @ApiOperation({ operationId: 'list${Many}', summary: 'Your own ${words.many}, newest first' })
  @ZodResponse({ status: 200, type: ${One}PageView })
  list(@Query() query: ${One}Query) {
    return this.${many}.list(getPrincipal().id, query);
  }

  @Post()
  @Authenticated()
  @RequireIdempotencyKey()
  @LocationHeader('/v1/${module}/{id}')
  @WithETag()
  @ApiOperation({ operationId: 'create${One}', summary: 'Make one; it is ready soon after' })
  @ZodResponse({ status: 201, type: ${One}View })
  create(@Body() new${One}: New${One}) {
    return this.${many}.create(getPrincipal().id, new${One});
  }

  @Get(':id')
  @Authenticated()
  @WithETag()
  @ApiOperation({ operationId: 'get${One}', summary: 'One of your ${words.many}' })
  @ZodResponse({ status: 200, type: ${One}View })
  get(@Param() { id }: ${One}Id) {
    return this.${many}.get(getPrincipal().id, id);
  }
}
`;
}
