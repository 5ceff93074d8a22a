import type { OpenAPIObject } from '@nestjs/swagger';
import { cleanupOpenApiDoc } from 'nestjs-zod';

const schemaPath = '#/components/schemas/';

type Json = Record<string, unknown>;

/**
 * Returns the document with one schema for each type, under one name. nestjs-zod gives a schema with an id two names, that
 * of the id and that of the class around it: zod writes such a schema as a reference to a definition, which the clean-up
 * takes for another schema of the same name and refuses. So this function keeps the name of the class through the clean-up,
 * as a reference, and resolves it afterwards.
 */
export function withNamedSchemas(found: OpenAPIObject): OpenAPIObject {
  for (const schema of Object.values(found.components?.schemas ?? {})) {
    const root = (schema as { properties?: { root?: Json } }).properties?.root;
    if (root?.$ref) delete root['x-nestjs_zod-parent-id'];
  }
  const document = cleanupOpenApiDoc(found, { version: '3.1' });
  const schemas = (document.components?.schemas ?? {}) as Record<string, Json>;
  const names = new Map(Object.keys(schemas).map((name) => [name, finalName(name, schemas)]));
  const kept = Object.entries(schemas).filter(([name]) => names.get(name) === shortName(name, schemas));
  const named = {
    ...document,
    components: {
      ...document.components,
      schemas: Object.fromEntries(kept.map(([name, schema]) => [names.get(name), schema])),
    },
  };
  return rewritten(named, names) as OpenAPIObject;
}

/** Returns `User` for `UserView`, when `UserView` is only a reference to `User`. */
function finalName(name: string, schemas: Record<string, Json>): string {
  const { $ref, ...rest } = schemas[name]!;
  const isAlias = typeof $ref === 'string' && Object.keys(rest).length === 0;
  return shortName(isAlias ? $ref.slice(schemaPath.length) : name, schemas);
}

/** Removes the mark that nestjs-zod adds to output schemas, unless an input schema has the same name. */
function shortName(name: string, schemas: Record<string, Json>): string {
  const short = name.replace(/_Output$/, '');
  return short in schemas ? name : short;
}

/** Returns a copy with the references to renamed schemas, and without the members that add no information. */
function rewritten(value: unknown, names: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => rewritten(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Json).filter(([name, item]) => !isNoise(name, item, value));
  return Object.fromEntries(
    entries.map(([name, item]) => {
      if (name !== '$ref' || typeof item !== 'string' || !item.startsWith(schemaPath))
        return [name, rewritten(item, names)];
      const target = item.slice(schemaPath.length);
      return [name, schemaPath + (names.get(target) ?? target)];
    }),
  );
}

/** Returns true for a pattern that repeats a format, and for the bounds of the integers that JavaScript counts exactly. */
function isNoise(name: string, value: unknown, schema: object): boolean {
  if (name === 'pattern') return typeof value === 'string' && 'format' in schema;
  return (name === 'minimum' || name === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
}
