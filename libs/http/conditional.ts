import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { type Column, inArray, type SQL } from 'drizzle-orm';
import type { FastifyRequest } from 'fastify';
import { InputInvalid, PreconditionRequired } from './problems.js';

/** The versions from which a change may start; `any` when the caller only requires that the resource exists. */
export type ExpectedVersions = number[] | 'any';

/** Returns a strong entity tag (RFC 9110 section 8.8.3) for a version counter. */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/** One entity tag of a list, strong or weak. Group 1 is the opaque part. */
const entityTag = /^(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/**
 * Returns the versions that tags name. A weak tag counts as the strong one that it was made from, although RFC 9110 section
 * 13.1.1 compares strongly: a proxy that compresses the answer marks our tag as weak, and nothing else makes weak tags of
 * versions. The version in the tag still names exactly one state of the resource.
 */
function parseIfMatch(header: string | undefined): ExpectedVersions {
  if (header === undefined) throw new PreconditionRequired();
  if (header.trim() === '*') return 'any';
  return header.split(',').flatMap((part) => {
    const tag = entityTag.exec(part.trim());
    if (!tag) {
      throw new InputInvalid(undefined, {
        errors: [
          {
            header: 'If-Match',
            code: 'invalid_format',
            detail: 'Must be *, or entity tags in double quotes, comma separated.',
          },
        ],
      });
    }
    const version = /^v(\d{1,9})$/.exec(tag[1] ?? '')?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

/** Returns whether If-None-Match names none of this tag, with weak comparison (RFC 9110 section 13.1.2). */
export function matchesNone(header: string | undefined, etag: string): boolean {
  if (header === undefined) return true;
  return header.trim() !== '*' && !header.split(',').some((part) => part.trim().replace(/^W\//, '') === etag);
}

/** Returns the condition under which a statement changes only a version that its caller has seen. */
export function isExpected(version: Column, expected: ExpectedVersions): SQL | undefined {
  return expected === 'any' ? undefined : inArray(version, expected);
}

const ifMatchParameter = createParamDecorator((_: unknown, context: ExecutionContext): ExpectedVersions =>
  parseIfMatch(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
);

/** Passes the versions of If-Match to a parameter of the handler. Answers 428 when the header is missing. */
export const IfMatch = (): ParameterDecorator => ifMatchParameter();

/** Documents that a handler requires If-Match. */
export const RequireIfMatch = () =>
  applyDecorators(
    ApiHeader({
      name: 'If-Match',
      required: true,
      description:
        'The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it.',
    }),
  );
