import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { describeApi } from './openapi.js';

/** The files of Swagger UI from its package: the page loads nothing from another site. */
const uiFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const uiFiles = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

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

/** The reason why the routes of this file are public. They have no controller, and so no access rule. */
const open = 'a description of the API is no secret';

/** Adds GET /openapi.json, and its pages for people at /docs. None of them reads the database. */
export async function serveDocs(app: NestFastifyApplication): Promise<void> {
  let description: string | undefined;
  await app.register(fastifyStatic, { serve: false, root: uiFolder, maxAge: '1h' });
  const server = app.getHttpAdapter().getInstance();
  server.get('/openapi.json', { config: { open } }, (_request, reply) => {
    description ??= JSON.stringify(describeApi(app));
    return reply.type('application/json; charset=utf-8').send(description);
  });
  server.get('/docs', { config: { open, produces: 'text/html' } }, (_request, reply) =>
    reply.header('content-security-policy', pagePolicy).type('text/html; charset=utf-8').send(page),
  );
  server.get('/docs/start.js', { config: { open, produces: 'text/javascript' } }, (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(start),
  );
  for (const name of uiFiles)
    server.get(`/docs/${name}`, { config: { open, produces: '*/*' } }, (_request, reply) =>
      reply.sendFile(name),
    );
}
