import { readFileSync } from 'node:fs';
import type {
  HeaderObject,
  OpenAPIObject,
  OperationObject,
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
} from '@nestjs/swagger';

type Json = Record<string, unknown>;

/** The committed description, which a test keeps equal to the one that the code gives. */
export const description = JSON.parse(readFileSync('openapi.json', 'utf8')) as OpenAPIObject;

/** One operation of the description, with its references resolved. */
export interface Operation {
  id: string;
  method: string;
  /** `/v1/users/{id}`. */
  path: string;
  parameters: ParameterObject[];
  /** The media types of the body with their schemas; empty when it has no body. */
  body: RequestBodyObject['content'];
  responses: Record<string, DescribedResponse>;
}

export interface DescribedResponse extends ResponseObject {
  headers?: Record<string, HeaderObject>;
}

/** What a reference points to; anything else as it is. */
export function resolved<T>(value: T | { $ref: string }): T {
  if (typeof value !== 'object' || value === null || !('$ref' in value)) return value;
  const steps = value.$ref.slice(2).split('/');
  const found = steps.reduce<unknown>((inner, step) => (inner as Json | undefined)?.[step], description);
  if (found === undefined) throw new Error(`The description refers to ${value.$ref}, which is not there.`);
  return found as T;
}

export const operations: Operation[] = Object.entries(description.paths).flatMap(([path, item]) =>
  Object.entries(item as Record<string, OperationObject>).map(([method, operation]) => ({
    id: operation.operationId!,
    method: method.toUpperCase(),
    path,
    parameters: (operation.parameters ?? []).map((parameter) =>
      resolved<ParameterObject>(parameter as never),
    ),
    body: resolved<RequestBodyObject>((operation.requestBody ?? { content: {} }) as never).content,
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, response]) => [
        status,
        withHeaders(response as never),
      ]),
    ),
  })),
);

function withHeaders(reference: ResponseObject | { $ref: string }): DescribedResponse {
  const response = resolved<ResponseObject>(reference);
  const headers = Object.entries(response.headers ?? {}).map(([name, header]) => [
    name.toLowerCase(),
    resolved<HeaderObject>(header as never),
  ]);
  return { ...response, headers: Object.fromEntries(headers) };
}

/** Paths with fewer parameters first, because the router prefers them: `/v1/users/me` to `/v1/users/{id}`. */
const patterns = operations
  .map((operation) => ({
    operation,
    pattern: new RegExp(
      `^${operation.path.replaceAll(/[.]/g, String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}$`,
    ),
  }))
  .sort((a, b) => a.operation.path.split('{').length - b.operation.path.split('{').length);

/** The operation that a request line means. HEAD means that of GET. */
export function findOperation(method: string, url: string): Operation | undefined {
  const [path = ''] = url.replace(/^[a-z]+:\/\/[^/]*/i, '').split('?');
  const described = method === 'HEAD' ? 'GET' : method;
  return patterns.find(
    ({ operation, pattern }) => operation.method === described && pattern.test(decoded(path)),
  )?.operation;
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
