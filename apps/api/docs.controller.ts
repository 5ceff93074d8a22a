import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Controller, Get, Header, type INestApplication, Injectable, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { Public } from '#libs/access';
import { Produces, RouteNotFound } from '#libs/http';
import { describeApi } from './openapi.js';

/** The files of Swagger UI from its package: the page loads nothing from another site. */
export const docsFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const files = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** The page. Its addresses are relative, so that it also works below a path of a proxy. */
const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mainstay API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
`;

/** The script of the page. It disables the validator, a foreign service that would see the address of every installation. */
const start = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n`;

const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const reason = 'a description of the API is no secret';

/** The description of the API as text, which is made when it is first asked for. */
@Injectable()
export class ApiDescription {
  #app: INestApplication | undefined;
  #text: string | undefined;

  /** Sets the application to describe, which does not exist yet when this object is made. */
  describe(app: INestApplication): void {
    this.#app = app;
  }

  get text(): string {
    if (!this.#app) throw new Error('There is no application to describe yet.');
    return (this.#text ??= JSON.stringify(describeApi(this.#app)));
  }
}

class DocsFile extends createZodDto(z.strictObject({ file: z.string() })) {}

/** GET /openapi.json, and its pages for people at /docs. */
@ApiExcludeController()
@Controller()
export class DocsController {
  constructor(private readonly description: ApiDescription) {}

  @Get('openapi.json')
  @Public(reason)
  @Header('content-type', 'application/json; charset=utf-8')
  describe(): string {
    return this.description.text;
  }

  @Get('docs')
  @Public(reason)
  @Produces('text/html')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', pagePolicy)
  show(): string {
    return page;
  }

  @Get('docs/start.js')
  @Public(reason)
  @Produces('text/javascript')
  @Header('content-type', 'text/javascript; charset=utf-8')
  start(): string {
    return start;
  }

  /** Sends the file in the way of its plugin, with an ETag. */
  @Get('docs/:file')
  @Public(reason)
  @Produces('*/*')
  send(@Param() { file }: DocsFile, @Res() reply: FastifyReply): void {
    if (!files.includes(file)) throw new RouteNotFound();
    void reply.sendFile(file);
  }
}
