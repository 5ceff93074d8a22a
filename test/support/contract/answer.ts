import { findProblemType, type ProblemDocument, statusOf } from '#libs/problem';
import { type DescribedResponse, findOperation, type Operation } from './document.js';
import { schemaFaults } from './schemas.js';
import { parseList } from './structured-fields.js';

/** A request, and the answer to it as it left the server. */
export interface Answer {
  method: string;
  /** As in the request line. */
  url: string;
  status: number;
  /** By lower-case name; a field that occurs several times is joined with commas. */
  headers: Record<string, string>;
  /** Undefined when nobody looks at it: a stream, or the answer to HEAD. */
  body: Buffer | undefined;
}

const problemType = 'application/problem+json';

/** One object, because each schema is compiled once. */
const problemSchema = { $ref: '#/components/schemas/Problem' };

/** Fields that any answer may have: those of HTTP itself, of proxies, cookies, security, other origins and routes that end. */
const general =
  /^(date|connection|keep-alive|transfer-encoding|content-(length|type|security-policy|disposition)|cache-control|vary|set-cookie|x-request-id|x-content-type-options|x-frame-options|strict-transport-security|referrer-policy|permissions-policy|cross-origin-[a-z]+-policy|clear-site-data|x-accel-buffering|access-control-[a-z-]+|allow|accept-(post|patch)|deprecation|sunset)$/;

/** Fields of RFC 9651. */
const structured = ['ratelimit', 'ratelimit-policy', 'deprecation'];

/** What an answer has that the description does not say, and lacks of what it says. Each fault is a sentence. */
export function faultsOf(answer: Answer): string[] {
  const operation = findOperation(answer.method, answer.url);
  const faults = [
    ...structured.flatMap((name) => structuredFaults(name, answer.headers[name])),
    ...(answer.status >= 400 ? problemFaults(answer) : []),
    ...(operation ? describedFaults(operation, answer) : []),
  ];
  const name = operation ? ` (${operation.id})` : '';
  return faults.map((fault) => `${answer.method} ${answer.url}${name} → ${answer.status}: ${fault}`);
}

function structuredFaults(name: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  try {
    return parseList(value).length > 0 ? [] : [`${name} is empty`];
  } catch (error) {
    return [`${name}: ${(error as Error).message}`];
  }
}

/** Every refusal is a problem of RFC 9457 with a code of the catalogue, whatever was asked for. */
function problemFaults({ status, headers, body, url }: Answer): string[] {
  if (mediaTypeOf(headers) !== problemType) return [`a refusal is ${headers['content-type'] ?? 'nothing'}`];
  if (!body) return [];
  const problem = parsed(body) as ProblemDocument | undefined;
  if (typeof problem !== 'object') return ['the problem is no JSON'];
  const type = findProblemType(problem.code);
  if (!type) return [`no problem has the code ${problem.code}`];
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '').split('?')[0];
  const wanted: (readonly [keyof ProblemDocument, unknown])[] = [
    ['status', status],
    ['title', type.title],
    ['instance', path],
    // A stored answer is the one of the first request.
    ...(headers['idempotency-replayed'] ? [] : [['request_id', headers['x-request-id']] as const]),
  ];
  return [
    ...(statusOf[type.kind] === status ? [] : [`${problem.code} belongs to ${statusOf[type.kind]}`]),
    ...(problem.type?.endsWith(`/problems/${problem.code}`) ? [] : [`the type is ${problem.type}`]),
    ...wanted
      .filter(([name, value]) => problem[name] !== value)
      .map(([name, value]) => `${name} is not ${String(value)}`),
    ...schemaFaults(problemSchema as never, problem, 'problem'),
  ];
}

function describedFaults(operation: Operation, answer: Answer): string[] {
  const { status, headers, body } = answer;
  const response = operation.responses[status] ?? (status >= 400 ? operation.responses.default : undefined);
  if (!response) return ['the status is not described'];
  return [...headerFaults(response, headers), ...contentFaults(response, headers, body)];
}

function headerFaults({ headers: described = {} }: DescribedResponse, headers: Answer['headers']): string[] {
  const missing = Object.entries(described)
    .filter(([name, { required }]) => required && headers[name] === undefined)
    .map(([name]) => `${name} is missing`);
  const unknown = Object.keys(headers)
    .filter((name) => !general.test(name) && !(name in described))
    .map((name) => `${name} is not described`);
  const wrong = Object.entries(described).flatMap(([name, { schema }]) => {
    const text = headers[name];
    if (text === undefined || !schema) return [];
    const { type } = schema as { type?: string };
    return schemaFaults(schema as never, type === 'integer' ? Number(text) : text, name);
  });
  return [...missing, ...unknown, ...wrong];
}

function contentFaults({ content }: DescribedResponse, headers: Answer['headers'], body?: Buffer): string[] {
  const type = mediaTypeOf(headers);
  if (!content) {
    if (type !== undefined) return [`there is content of type ${type}, and none is described`];
    return body && body.length > 0 ? [`there are ${body.length} bytes, and no content is described`] : [];
  }
  if (type === undefined) return ['the content is missing'];
  const described = content[type];
  if (!described) return '*/*' in content ? [] : [`${type} is not described`];
  if (!body || !described.schema || !/[/+]json$/.test(type)) return [];
  const value = parsed(body);
  if (value === undefined) return ['the body is no JSON'];
  // A problem was looked at already.
  return type === problemType ? [] : schemaFaults(described.schema as never, value, 'body');
}

const mediaTypeOf = (headers: Answer['headers']) => headers['content-type']?.split(';')[0]?.trim();

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
