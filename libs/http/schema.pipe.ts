import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type { ZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { findContext } from '#libs/context';
import type { ValidationError } from '#libs/problem';
import { InputInvalid } from './problems.js';

/** Checks every body, query and path parameter against the Zod schema of its class. An input without a schema is refused. */
@Injectable()
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom') return value;
    const schema = schemaOf(metatype);
    if (!schema)
      throw new Error(`A ${type} parameter has no Zod schema; give it a class made with createZodDto.`);
    const textFaults = badText(value, []).map((path) => ({
      ...place(type, path),
      code: 'unsupported_character',
      detail: 'Must not contain NUL characters or lone surrogates.',
    }));
    if (textFaults.length > 0) throw refusalOf(textFaults);
    const parsed = schema.safeParse(value ?? (type === 'body' ? undefined : {}));
    if (parsed.success) return parsed.data;
    throw refusalOf(parsed.error.issues.flatMap((issue) => faultsOf(issue, type)));
  }
}

/** The errors of the requests that are being refused. */
const refused = new WeakMap<object, ValidationError[]>();

/**
 * Returns the refusal of a request with all errors of its inputs. Nest hands each input of a handler to the pipe before it looks at
 * what the pipe threw for the first of them, so the errors of the others still join the list.
 */
function refusalOf(found: ValidationError[]): InputInvalid {
  const context = findContext();
  const errors = (context && refused.get(context)) ?? [];
  errors.push(...found);
  if (context) refused.set(context, errors);
  return new InputInvalid(undefined, { errors });
}

export function schemaOf(metatype: unknown): z.ZodType | undefined {
  const dto = metatype as Partial<ZodDto> | undefined;
  return dto?.isZodDto ? (dto.schema as unknown as z.ZodType) : undefined;
}

type Place = { pointer: string } | { parameter: string };

/**
 * Returns the place of an error: a JSON Pointer in URI fragment form (RFC 6901 section 6) for a body, the name for a
 * parameter.
 */
function place(type: ArgumentMetadata['type'], path: PropertyKey[]): Place {
  if (type !== 'body') return { parameter: String(path[0] ?? '') };
  const steps = path.map((step) =>
    encodeURIComponent(String(step).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  return { pointer: ['#', ...steps].join('/') };
}

function faultsOf(issue: z.core.$ZodIssue, type: ArgumentMetadata['type']): ValidationError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...place(type, [...issue.path, key]),
      code: 'unrecognized',
      detail: 'Is not known here.',
    }));
  }
  const missing =
    issue.code === 'invalid_type' && issue.input === undefined && /received undefined/.test(issue.message);
  return [
    {
      ...place(type, issue.path),
      code: missing ? 'required' : codeOf(issue),
      detail: missing ? 'Is required.' : issue.message,
    },
  ];
}

/** Returns the code of an error. A custom rule may name its own: `.refine(…, { params: { code: 'password.too-short' } })`. */
function codeOf(issue: z.core.$ZodIssue): string {
  const code: unknown = issue.code === 'custom' ? issue.params?.code : undefined;
  return typeof code === 'string' ? code : issue.code;
}

/** Returns the paths of strings, keys included, that PostgreSQL (NUL) or UTF-8 (lone surrogates) cannot store. */
function badText(value: unknown, path: PropertyKey[]): PropertyKey[][] {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(key.includes('\0') || !key.isWellFormed() ? [path] : []),
    ...badText(item, [...path, key]),
  ]);
}
