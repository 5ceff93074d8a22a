import type { ValidationError, Problem } from './problem.js';

/** A longer list helps no client; the limit keeps the answer to hostile input small. */
const maxErrors = 50;

export interface Occurrence {
  publicUrl: string;
  /** The request path without its query, which may carry values that must not be echoed. */
  instance: string;
  requestId: string;
  traceId?: string | undefined;
}

/** The body of an application/problem+json response (RFC 9457 section 3). */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  request_id: string;
  trace_id?: string;
  errors?: ValidationError[];
}

export function problemDocument(problem: Problem, occurrence: Occurrence): ProblemDocument {
  const { errors, extensions } = problem.options;
  return {
    ...extensions,
    type: `${occurrence.publicUrl}/problems/${problem.code}`,
    title: problem.type.title,
    status: problem.status,
    detail: problem.detail ?? problem.type.help,
    instance: occurrence.instance,
    code: problem.code,
    request_id: occurrence.requestId,
    ...(occurrence.traceId && { trace_id: occurrence.traceId }),
    ...(errors && { errors: errors.slice(0, maxErrors) }),
  };
}
