import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import type { INestApplication } from '@nestjs/common';
import {
  type OpenAPIObject,
  type OperationObject,
  type SecuritySchemeObject,
  SwaggerModule,
} from '@nestjs/swagger';
import { sharedComponents } from './openapi/components.js';
import { enrich } from './openapi/operation.js';
import { routesOf } from './openapi/routes.js';
import { withNamedSchemas } from './openapi/schemas.js';

const introduction = `JSON in and out, snake_case names, times in UTC (RFC 3339).

Every failure is an \`application/problem+json\` (RFC 9457). Programs decide by its \`code\`; people read the page at its \`type\`.

Repeat a change with the same \`Idempotency-Key\` as often as needed: it takes effect once and gets the same answer.
Send the \`ETag\` of the resource that you read as \`If-Match\` with a change. Lists continue with \`page.next_cursor\`.
Work that takes longer is answered with 202 and the \`Location\` of a job.`;

const info = { title: 'Mainstay', description: introduction, version: version() };

const session: SecuritySchemeObject = {
  type: 'apiKey',
  in: 'cookie',
  name: '__Host-sid',
  description: 'POST /v1/sessions sets it. In development over plain http its name is `sid`.',
};

const apiKey: SecuritySchemeObject = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'mst_live_…',
  description:
    'A key from POST /v1/api-keys. It may do what both its scopes and the rights of its owner allow.',
};

const accessToken: SecuritySchemeObject = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'An access token of a service, from POST /v1/oauth/token.',
};

/** Describes the API as OpenAPI 3.1, from the schemas and decorators that the code uses: the same in every environment. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const base = { openapi: '3.1.0', info, servers: [{ url: '/' }] };
  const document = withNamedSchemas(SwaggerModule.createDocument(app, base));
  const routes = routesOf(app);
  for (const [method, operation] of operationsOf(document)) {
    const route = routes.get(operation.operationId ?? '');
    if (!route) throw new Error(`${operation.operationId} needs @ApiOperation({ operationId: '…' }).`);
    enrich(operation, method, route);
  }
  return inOrder(document);
}

function version(): string {
  const path = findPackageJSON('..', import.meta.url);
  return (JSON.parse(readFileSync(path!, 'utf8')) as { version: string }).version;
}

function operationsOf(document: OpenAPIObject): [string, OperationObject][] {
  return Object.values(document.paths).flatMap((item) => Object.entries(item) as [string, OperationObject][]);
}

/** Sorts the paths and schemas by name, so that a diff shows changes and no moves. */
function inOrder({ paths, components, ...rest }: OpenAPIObject): OpenAPIObject {
  return {
    ...rest,
    paths: byName(paths),
    components: {
      securitySchemes: { session, api_key: apiKey, access_token: accessToken },
      ...sharedComponents,
      schemas: byName({ ...components?.schemas, ...sharedComponents.schemas }),
    },
  };
}

function byName<T>(items: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(items).sort(([a], [b]) => (a < b ? -1 : 1)));
}
