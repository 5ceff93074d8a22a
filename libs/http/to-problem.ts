import { HttpException } from '@nestjs/common';
import { databaseProblem } from '#libs/database';
import { Problem } from '#libs/problem';
import {
  BodyTooLarge,
  HeadersTooLarge,
  InternalError,
  JsonMalformed,
  MediaTypeUnsupported,
  Overloaded,
  RequestMalformed,
  RequestTooSlow,
  RouteNotFound,
  TooManyRequests,
  UriTooLong,
} from './problems.js';

/** The problems for error codes of Fastify and of Node's HTTP parser. */
const byCode: Record<string, () => Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new BodyTooLarge(),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new MediaTypeUnsupported(),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new RequestMalformed('The body is not as long as Content-Length says.'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => new JsonMalformed(),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new JsonMalformed(),
  FST_ERR_BAD_URL: () => new RequestMalformed(),
  FST_ERR_MAX_PARAM_LENGTH_EXCEEDED: () => new UriTooLong(),
  FST_ERR_PARAM_TOO_LONG: () => new UriTooLong(),
  HPE_HEADER_OVERFLOW: () => new HeadersTooLarge(),
  ERR_HTTP_REQUEST_TIMEOUT: () => new RequestTooSlow(),
};

const byStatus: Record<number, () => Problem> = {
  404: () => new RouteNotFound(),
  408: () => new RequestTooSlow(),
  413: () => new BodyTooLarge(),
  414: () => new UriTooLong(),
  415: () => new MediaTypeUnsupported(),
  429: () => new TooManyRequests(),
  503: () => new Overloaded(),
};

/** Returns the problem that a caller may see for anything that was thrown. The error itself belongs in the log. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const known = databaseProblem(error);
  if (known) return known;
  // Code can throw any value, including undefined.
  const { code = '', statusCode } = (error ?? {}) as { code?: string; statusCode?: number };
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  const make = byCode[code] ?? (status && byStatus[status]);
  if (make) return make();
  return status && status >= 400 && status < 500 ? new RequestMalformed() : new InternalError();
}
