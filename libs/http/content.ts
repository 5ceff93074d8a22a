import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Problem } from '#libs/problem';
import { BodyTooLarge, JsonMalformed, MediaTypeUnsupported, NotAcceptable, UriTooLong } from './problems.js';

/** Bytes. The limit suffices for every JSON body of the API and is small enough to parse without a pause. */
export const defaultBodyLimit = 64 * 1024;

/** Bytes of path and query. Most proxies refuse more (RFC 9110 section 4.1 asks for 8000 at least). */
const maxUrlLength = 8192;

/**
 * The depth of nested values. Deeper values have no use here and would overflow the stack of recursive code after the parser.
 */
const maxDepth = 32;

const json = 'application/json';
const page = 'text/html';
const mergePatch = 'application/merge-patch+json';
export const form = 'application/x-www-form-urlencoded';

/** Registers a strict JSON parser and a form parser. Handlers receive other media types as the raw stream. */
export function registerBodyParsers(instance: FastifyInstance, streamed: string[]): void {
  instance.removeAllContentTypeParsers();
  const parse = instance.getDefaultJsonParser('error', 'error');
  instance.addContentTypeParser([json, mergePatch], { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined);
    if (!isUtf8(body)) return done(new JsonMalformed('The body is not UTF-8.'));
    const text = body.toString('utf8');
    const { depth, members } = shapeOf(text);
    if (depth > maxDepth)
      return done(new JsonMalformed(`The body is nested deeper than ${maxDepth} levels.`));
    return parse(request, text, (error, value: unknown) => {
      if (error) return done(error);
      if (countMembers(value) !== members)
        return done(new JsonMalformed('A member of the body occurs twice.'));
      return done(null, value);
    });
  });
  // An earlier check has refused bodies on routes that take none, except for an empty body, which counts as no body.
  instance.addContentTypeParser(form, { parseAs: 'string' }, (_request, body: string, done) =>
    done(null, body === '' ? undefined : fieldsOf(body)),
  );
  instance.addContentTypeParser(streamed, (request, payload, done) =>
    done(null, request.routeOptions.config.consumes ? payload : undefined),
  );
}

/**
 * Returns the fields of a form. A name that occurs twice gets both values, so that no schema takes one of them for the only
 * value.
 */
function fieldsOf(body: string): Record<string, string | string[]> {
  const fields = new URLSearchParams(body);
  return Object.fromEntries(
    [...new Set(fields.keys())].map((name) => {
      const values = fields.getAll(name);
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}

/** Returns how deep the values of a JSON text are nested, at most one level too deep, and how many members its objects have. */
function shapeOf(text: string): { depth: number; members: number } {
  let depth = 0;
  let members = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (quoted) {
      if (char === 0x5c /* \ */) index += 1;
      else if (char === 0x22 /* " */) quoted = false;
    } else if (char === 0x22) quoted = true;
    else if (char === 0x3a /* : */) members += 1;
    else if (char === 0x5b || char === 0x7b /* [ { */) {
      depth += 1;
      if (depth > maxDepth) break;
    } else if (char === 0x5d || char === 0x7d /* ] } */) depth -= 1;
  }
  return { depth, members };
}

/**
 * Returns the members of all objects in a value. JSON.parse keeps the last member of a name and drops the others, which another
 * reader of the same text may take instead (RFC 8259 section 4), so a text with more members than its value is refused.
 */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items = Object.values(value);
  const own = Array.isArray(value) ? 0 : items.length;
  return items.reduce<number>((sum, item) => sum + countMembers(item), own);
}

/** Returns what is wrong with the head of a request, or with the size, media type or encoding of the body that it announces. */
export function headFault(request: FastifyRequest): Problem | undefined {
  if (request.url.length > maxUrlLength) return new UriTooLong();
  if (request.is404) return undefined;
  return bodyFault(request) ?? acceptFault(request);
}

/** Returns whether the handler reads the body while it arrives. A form is read before. */
export function isStreamed({ routeOptions: { config } }: FastifyRequest): boolean {
  return config?.consumes !== undefined && !config.consumes.includes(form);
}

/** Returns whether a body follows the head of the request (RFC 9112 section 6). */
export function hasBody({ headers }: FastifyRequest): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
}

function bodyFault(request: FastifyRequest): Problem | undefined {
  const { headers, method } = request;
  if (method === 'GET' || method === 'HEAD' || !hasBody(request)) return undefined;
  const { config } = request.routeOptions;
  const limit = config.maxBytes ?? defaultBodyLimit;
  if (Number(headers['content-length'] ?? 0) > limit)
    return new BodyTooLarge(`The limit here is ${limit} bytes.`);
  const types = config.consumes ?? (method === 'PATCH' ? [json, mergePatch] : [json]);
  const [type = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  const readable =
    types.includes(type) && (charset === undefined || charset === 'utf-8' || charset === 'utf8');
  const isEncoded =
    (headers['content-encoding'] ?? 'identity') !== 'identity' ||
    /,/.test(headers['transfer-encoding'] ?? '');
  if (readable && !isEncoded) return undefined;
  const accepts = method === 'PATCH' ? 'accept-patch' : 'accept-post';
  return new MediaTypeUnsupported(undefined, { headers: { [accepts]: types.join(', ') } });
}

function acceptFault(request: FastifyRequest): Problem | undefined {
  const { accept } = request.headers;
  if (accept === undefined || accept === '' || accept === '*/*') return undefined;
  const { produces = json } = request.routeOptions.config;
  if (produces === null) return undefined;
  return qualityOf(accept, produces) > 0 ? undefined : new NotAcceptable(`This path produces ${produces}.`);
}

/** Returns whether the sender of a request would rather have a page than JSON, as browsers that show an address do. */
export function prefersPage({ headers: { accept } }: FastifyRequest): boolean {
  return accept !== undefined && qualityOf(accept, page) > qualityOf(accept, json);
}

/**
 * Returns the weight that an Accept header gives to one media type, from 0 to 1 (RFC 9110 section 12.5.1): the most specific
 * matching range decides.
 */
function qualityOf(header: string, mediaType: string): number {
  if (mediaType === '*/*') return 1;
  const [type] = mediaType.split('/');
  let best = { specificity: -1, quality: 0 };
  for (const part of header.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const specificity = [`*/*`, `${type}/*`, mediaType].indexOf(range);
    if (specificity <= best.specificity) continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    best = { specificity, quality: weight ? Number(weight.slice(2)) : 1 };
  }
  return best.quality;
}
