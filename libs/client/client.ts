import createFetchClient, { type Client as FetchClient } from 'openapi-fetch';
import { Cookies } from './cookies.js';
import type { components, paths } from './schema.generated.js';

/** Every operation of the API by path: `client.GET('/v1/users/{id}', { params: { path: { id } } })`. */
export type Client = FetchClient<paths>;

type Problem = components['schemas']['Problem'];
export type Job = components['schemas']['Job'];

/**
 * A client of the API at `baseUrl`. It keeps the cookies from signing in to signing out, or sends `token`, which is an
 * API key or an access token, and adds nothing else of its own: an Idempotency-Key is the caller's, who knows what is a
 * repetition. A body that is text, such as a CSV file, is sent as it is, under the Content-Type of the call; any other
 * under the Content-Type of a form is sent as a form.
 */
export function createClient({ baseUrl, token }: { baseUrl: string; token?: string }): Client {
  const cookies = new Cookies();
  const client = createFetchClient<paths>({
    baseUrl,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
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

/** The API answered with a problem. */
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

/** The data of an answer. Throws {@link RequestFailed} when the answer is a problem. */
export function dataOf<T>({ data, error, response }: Answer<T>): NonNullable<T> {
  if (!response.ok) throw new RequestFailed(problemIn(error, response), response);
  return data as NonNullable<T>;
}

/** What stands between a client and the API may answer for it, and then not with a problem. */
function problemIn(error: unknown, { status, statusText, url }: Response): Problem {
  if (typeof error === 'object' && error !== null && 'code' in error) return error as Problem;
  const instance = new URL(url).pathname;
  const detail = 'The answer is no problem document.';
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
