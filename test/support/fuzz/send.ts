import { Agent, type IncomingMessage, request } from 'node:http';
import type { Answer } from '../contract/answer.js';
import type { FuzzRequest } from './requests.js';

/** Milliseconds after which an answer counts as never coming. */
const hangs = 120_000;

/** One connection, so that an answer that leaves it unusable is found by the request after it. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Sends the request. Of a stream it takes the first bytes alone. */
export function send(
  base: string,
  { method, target, headers, body }: Omit<FuzzRequest, 'caller'>,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { hostname, port } = new URL(base);
  // Node announces no body of a DELETE by itself.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const all = { ...length, ...headers };
  const sent = request({ hostname, port, method, path: target, headers: all, agent, timeout: hangs });
  sent.on('timeout', () => sent.destroy(new Error('There is no answer.')));
  sent.on('error', reject);
  sent.on('response', (response) => {
    const answer = (content: Buffer | undefined): Answer => ({
      method,
      url: target,
      status: response.statusCode!,
      headers: fieldsOf(response),
      body: content,
    });
    const chunks: Buffer[] = [];
    response.on('error', reject);
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (response.headers['content-type'] !== 'text/event-stream') return;
      resolve(answer(undefined));
      sent.destroy();
    });
    response.on('end', () => resolve(answer(Buffer.concat(chunks))));
  });
  sent.end(body);
  return promise;
}

const fieldsOf = ({ headersDistinct }: IncomingMessage) =>
  Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, values!.join(', ')]));

const quoted = (text: string) => `$'${escaped(text)}'`;
const escaped = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte < 0x20 || byte > 0x7e || byte === 0x27 || byte === 0x5c
        ? String.raw`\x${byte.toString(16).padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');

/** The request as a command for bash, without what proves the caller. */
export function asCurl(base: string, { caller, method, target, headers, body }: FuzzRequest): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one) => `-H ${quoted(`${name}: ${one}`)}`),
  );
  const content = body === undefined ? [] : [`--data-binary ${quoted(body)}`];
  return [
    'curl -i --path-as-is -X',
    method,
    ...lines,
    ...content,
    quoted(base + target),
    `# as ${caller}`,
  ].join(' ');
}
