import { RequestFailed } from '#libs/client';

/** Exit codes; docs/console.md has them too. */
export const exitCodes = { refused: 1, misused: 2, unreachable: 3, notAllowed: 4 } as const;

/** Ends a task with a sentence for whoever asked. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly exitCode: number = exitCodes.refused,
  ) {
    super(message);
  }
}

const advice: Record<string, string> = {
  'access.authentication-required':
    'The instance does not accept the key: it is wrong, was revoked, or has expired.',
  'access.session-required':
    'This needs a person with a session and a proof of the last ten minutes, never an API key: do it in the console.',
  'access.sudo-required':
    'This needs a proof of the last ten minutes of who you are, which only a person can give: do it in the console.',
  'access.denied': 'The key lacks a permission, or its owner does not have it (any more).',
};

/** Puts whatever went wrong into a sentence. */
export function refusalOf(error: unknown, url: string): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof RequestFailed) {
    const { problem, response } = error;
    const places = (problem.errors ?? []).map((fault) => `${placeOf(fault)}: ${fault.detail}`);
    const text = [`${problem.title}.`, problem.detail, advice[problem.code], ...places];
    const isDenied = response.status === 401 || response.status === 403;
    const known = `(${response.status} ${problem.code}${problem.request_id ? `, request ${problem.request_id}` : ''})`;
    return new Refused(
      [...new Set(text), known].filter(Boolean).join(' '),
      isDenied ? exitCodes.notAllowed : exitCodes.refused,
    );
  }
  const { cause, message } = error as Error & { cause?: { code?: string } };
  return new Refused(`${url} does not answer: ${cause?.code ?? message}.`, exitCodes.unreachable);
}

const placeOf = (fault: object) => String(Object.entries(fault).find(([name]) => name !== 'code')?.[1]);
