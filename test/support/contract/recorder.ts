import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { expect } from '@jest/globals';
import { faultsOf } from './answer.js';

/** Bytes of a body that are kept. Longer ones are files, which no schema describes. */
const mostKept = 4 * 1024 * 1024;

/** Faults that are told; one usually brings many of its kind. */
const mostTold = 20;

/**
 * Compares every answer that leaves a server with the description, whoever asked. It looks at what Node sends, so it misses only what
 * Node answers without a request: bytes that are none.
 */
export class AnswerRecorder {
  readonly #faults = new Set<string>();

  constructor(server: Server) {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#watch(request, response),
    );
  }

  /** Throws when an answer was not as described. */
  assertDescribed(): void {
    if (this.#faults.size === 0) return;
    const told = [...this.#faults].slice(0, mostTold);
    throw new Error(`${this.#faults.size} answers are not as openapi.json says:\n${told.join('\n')}`);
  }

  #watch(request: IncomingMessage, response: ServerResponse): void {
    const kept: Buffer[] = [];
    let size = 0;
    const keep = (chunk: unknown, encoding: unknown) => {
      if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
      if (size <= mostKept)
        kept.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding as never) : Buffer.from(chunk));
      size += kept.at(-1)!.length;
    };
    for (const name of ['write', 'end'] as const) {
      const send = response[name].bind(response) as (...args: unknown[]) => never;
      response[name] = (...args: unknown[]) => {
        keep(args[0], args[1]);
        return send(...args);
      };
    }
    const test = expect.getState().currentTestName;
    response.once('finish', () => {
      const { method = '', url = '' } = request;
      const { statusCode: status } = response;
      const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
      const body = size > mostKept ? undefined : Buffer.concat(hasBody ? kept : []);
      const headers = sentHeaders(response);
      for (const fault of faultsOf({
        method,
        url,
        status,
        headers,
        body: method === 'HEAD' ? undefined : body,
      }))
        this.#faults.add(`${fault}${test ? ` [${test}]` : ''}`);
    });
  }
}

/** The header fields as Node wrote them, with those that it adds itself. No method of a response returns these. */
function sentHeaders(response: ServerResponse): Record<string, string> {
  const { _header: head } = response as unknown as { _header: string };
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}
