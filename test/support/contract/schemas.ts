import type { SchemaObject } from '@nestjs/swagger';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { description } from './document.js';

/**
 * Checks against the schemas of the description by a library that shares no code with the one that the application writes and reads
 * JSON with. Every object is closed, so that a member that is not described is a fault.
 */
const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
(formats as unknown as typeof formats.default)(ajv);
ajv.addFormat('base64url', /^[\w-]*$/);
const root = 'description';
ajv.addSchema({ $id: root, $defs: closed(description.components?.schemas) });

const compiled = new Map<unknown, ValidateFunction>();

/** What is wrong with the value, as sentences. */
export function schemaFaults(schema: SchemaObject, value: unknown, place: string): string[] {
  let validate = compiled.get(schema);
  if (!validate) compiled.set(schema, (validate = ajv.compile(closed(schema) as object)));
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${place}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** The schema with every object closed, and with references as JSON Schema has them. */
function closed(schema: unknown): unknown {
  if (typeof schema === 'string') return schema.replace('#/components/schemas/', `${root}#/$defs/`);
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([name, item]) => [name, closed(item)] as const);
  const isOpen = 'properties' in schema && !('additionalProperties' in schema);
  return { ...Object.fromEntries(entries), ...(isOpen && { additionalProperties: false }) };
}
