import type { SchemaObject } from '@nestjs/swagger';
import { type Operation, resolved } from './document.js';
import { schemaFaults } from './schemas.js';

/** A request as far as the description says what it may be. */
export interface SentRequest {
  /** Path and query. */
  target: string;
  headers: Record<string, string | string[]>;
  body: string | undefined;
}

/** What a request has that the description does not allow, and lacks of what it requires. */
export function requestFaults(operation: Operation, { target, headers, body }: SentRequest): string[] {
  const [path = '', query = ''] = target.split('?');
  return [
    ...pathFaults(operation, path),
    ...queryFaults(operation, new URLSearchParams(query)),
    ...headerFaults(operation, headers),
    ...bodyFaults(operation, headers, body),
  ];
}

function pathFaults({ path: pattern, parameters }: Operation, path: string): string[] {
  const steps = path.split('/');
  return pattern.split('/').flatMap((text, index) => {
    const name = /^\{(\w+)\}$/.exec(text)?.[1];
    const schema = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.schema;
    return schema ? schemaFaults(schema as SchemaObject, decoded(steps[index] ?? ''), name!) : [];
  });
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function queryFaults({ parameters }: Operation, query: URLSearchParams): string[] {
  const declared = parameters.filter((parameter) => parameter.in === 'query');
  const unknown = [...query.keys()].filter((name) => !declared.some((parameter) => parameter.name === name));
  const wrong = declared.flatMap(({ name, required, schema }) => {
    const values = query.getAll(name);
    if (values.length > 1) return [`${name} occurs twice`];
    if (values.length === 0) return required ? [`${name} is missing`] : [];
    return schemaFaults(schema as SchemaObject, readAs(schema as SchemaObject, values[0]!), name);
  });
  return [...unknown.map((name) => `${name} is not described`), ...wrong];
}

/** The value that text in a query stands for. */
function readAs({ type }: SchemaObject, text: string): unknown {
  return (type === 'integer' || type === 'number') && text.trim() !== '' ? Number(text) : text;
}

function headerFaults({ parameters }: Operation, headers: SentRequest['headers']): string[] {
  return parameters.flatMap((parameter) => {
    if (parameter.in !== 'header') return [];
    const value = headers[parameter.name.toLowerCase()];
    if (value === undefined) return parameter.required ? [`${parameter.name} is missing`] : [];
    return schemaFaults(parameter.schema as SchemaObject, [value].flat().join(', '), parameter.name);
  });
}

function bodyFaults(
  operation: Operation,
  headers: SentRequest['headers'],
  body: string | undefined,
): string[] {
  const types = Object.keys(operation.body);
  // A file may be empty.
  if (body === undefined || (body === '' && !types.includes('text/csv')))
    return types.length > 0 ? ['the body is missing'] : [];
  if (types.length === 0) return ['there is a body'];
  const type = String(headers['content-type'] ?? '')
    .split(';')[0]!
    .trim()
    .toLowerCase();
  const content = operation.body[type];
  if (!content?.schema) return [`${type} is not described`];
  if (!type.endsWith('json')) return [];
  try {
    // RFC 8259 section 8.1 lets a reader ignore a byte order mark.
    const value: unknown = JSON.parse(body.replace(/^\ufeff/, ''));
    return schemaFaults(resolved(content.schema) as SchemaObject, value, 'body');
  } catch {
    return ['the body is no JSON'];
  }
}
