import createFetchClient, { type Client as FetchClient } from 'openapi-fetch';
import { Cookies } from './cookies.js';
import type { components, paths } from './schema.generated.js';

/** Every operation of the API by path: `client.GET('/v1/users/{id}', { params: { path: { id } } })`. */
export type Client = FetchClient<paths>;

type Problem = components['schemas']['Problem'];
export type Job = components['schemas']['Job'];

export interface ClientOptions {
  baseUrl: string;
  /** An API key or an access token. */
  token?: string;
  /**
   * `include` makes a browser send its cookies to an API on another origin, and keep those that it sets. Without it a browser does
   * so for its own origin only. Outside of browsers it means nothing.
   */
  credentials?: 'include';
}

/**
 * Creates a client of the API at `baseUrl`. It keeps the cookies from signing in to signing out, or sends `token`, which is an
 * API key or an access token. It adds no Idempotency-Key, because only the caller knows which request is a repetition. It
 * sends a text body, such as a CSV file, unchanged under the Content-Type of the call, and any other body as a form when the
 * Content-Type is that of a form, or else as JSON.
 */
export function createClient({ baseUrl, token, credentials }: ClientOptions): Client {
  const cookies = new Cookies();
  const client = createFetchClient<paths>({
    baseUrl,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    ...(credentials && { credentials }),
    bodySerializer: serialize,
  });
  client.use({
    onRequest({ request }) {
      const header = cookies.header();
      if (header) request.headers.set('cookie', header);
    },
    onResponse({ response }) {
      cookies.keep(response);
    },
  });
  return client;
}

function serialize(body: unknown, headers?: Headers): string {
  if (typeof body === 'string') return body;
  if (headers?.get('content-type') === 'application/x-www-form-urlencoded')
    return new URLSearchParams(body as Record<string, string>).toString();
  return JSON.stringify(body);
}

/** An answer of the API that is a problem. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  constructor(
    readonly problem: Problem,
    readonly response: Response,
  ) {
    super(`${response.status} ${problem.code}: ${problem.detail}`);
  }
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Returns the data of an answer. Throws {@link RequestFailed} when the answer is a problem. */
export function dataOf<T>({ data, error, response }: Answer<T>): NonNullable<T> {
  if (!response.ok) throw new RequestFailed(problemIn(error, response), response);
  return data as NonNullable<T>;
}

/** Returns the problem in an answer, or makes one: a proxy in front of the API does not answer with problems. */
function problemIn(error: unknown, { status, statusText, url }: Response): Problem {
  if (typeof error === 'object' && error !== null && 'code' in error) return error as Problem;
  const instance = new URL(url).pathname;
  const detail = 'The answer is not a problem document.';
  return {
    type: 'about:blank',
    title: statusText,
    status,
    detail,
    instance,
    code: 'client.foreign-answer',
    request_id: '',
  };
}
