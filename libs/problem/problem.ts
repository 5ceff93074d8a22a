/**
 * The HTTP status of each kind of failure. Services name only the kind: the API maps it to this status, and the worker
 * maps it to "give up" or "try again".
 */
export const statusOf = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'request-timeout': 408,
  conflict: 409,
  gone: 410,
  'precondition-failed': 412,
  'too-large': 413,
  'uri-too-long': 414,
  'unsupported-media': 415,
  'expectation-failed': 417,
  misdirected: 421,
  invalid: 422,
  'precondition-required': 428,
  limited: 429,
  'headers-too-large': 431,
  internal: 500,
  'not-implemented': 501,
  unavailable: 503,
} as const;

export type ProblemKind = keyof typeof statusOf;

/** One rule that the input breaks, with its place. A `pointer` is a JSON Pointer as URI fragment (RFC 6901 section 6). */
export type ValidationError = ({ pointer: string } | { parameter: string } | { header: string }) & {
  code: string;
  detail: string;
};

export interface ProblemType {
  kind: ProblemKind;
  /** A stable dotted string. It is part of the API: `type` is `<PUBLIC_URL>/problems/<code>`. */
  code: string;
  /** A text that is the same for every occurrence (RFC 9457 section 3.1.3). */
  title: string;
  /** Advice to the caller. The page of the type shows it. */
  help: string;
}

export interface ProblemOptions {
  errors?: ValidationError[];
  /** Seconds until another attempt makes sense, sent as Retry-After (RFC 9110 section 10.2.3). */
  retryAfter?: number;
  headers?: Record<string, string>;
  /** Additional members of the document (RFC 9457 section 3.2), for protocols that prescribe some. */
  extensions?: Record<string, string>;
}

/** An expected failure. Every other error is a bug, and the API answers it with 500. */
export abstract class Problem extends Error {
  constructor(
    readonly type: ProblemType,
    readonly detail: string | undefined,
    readonly options: ProblemOptions,
  ) {
    super(detail ? `${type.title}: ${detail}` : type.title);
    this.name = new.target.name;
  }

  get code(): string {
    return this.type.code;
  }

  get kind(): ProblemKind {
    return this.type.kind;
  }

  get status(): number {
    return statusOf[this.type.kind];
  }
}

const registry = new Map<string, ProblemType>();

/** Returns every problem type, sorted by code. The contract of each module adds its types when it loads. */
export function problemTypes(): ProblemType[] {
  return [...registry.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

export function findProblemType(code: string): ProblemType | undefined {
  return registry.get(code);
}

/** Seconds: about as long as a failover or a restart of a dependency takes. */
const unavailableRetryAfter = 5;

/**
 * Declares a problem type and returns the class to extend:
 * `class EmailTaken extends defineProblem({ kind: 'conflict', code: 'users.email-taken', … }) {}`.
 */
export function defineProblem(type: ProblemType) {
  if (!/^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+$/.test(type.code))
    throw new Error(`Not a problem code: ${type.code}`);
  if ((type.kind === 'not-found') !== /[.-]not-found$/.test(type.code))
    throw new Error(`${type.code}: a code ends in "not-found" when its kind is not-found, and only then.`);
  if (registry.has(type.code)) throw new Error(`Two problems have the code ${type.code}.`);
  registry.set(type.code, type);
  return class extends Problem {
    static readonly type = type;

    constructor(detail?: string, options: ProblemOptions = {}) {
      super(
        type,
        detail,
        type.kind === 'unavailable' ? { retryAfter: unavailableRetryAfter, ...options } : options,
      );
    }
  };
}
