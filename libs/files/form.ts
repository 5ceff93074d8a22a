import { createHash } from 'node:crypto';
import { finished, type Readable } from 'node:stream';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { InputInvalid } from '#libs/http';
import { FileTooLarge, FormMalformed, UploadMissing } from './problems.js';

/** The media type of a form (RFC 7578), as `FormData` and `curl -F` send it. */
export const formType = 'multipart/form-data';

/** The name of the only part that a form may have. */
const partName = 'file';

/** Bytes of a form without its file: two boundaries of 70 characters at most, and the header of the part. */
export const maxEnvelopeBytes = 16 * 1024;

const limits = {
  parts: 1,
  // A form with a field is refused, so its value is not read.
  fields: 0,
  /** Bytes. The parser drops the rest, so that a header without an end takes no memory. */
  headerSize: maxEnvelopeBytes / 2,
};

export interface FilePart {
  /** The bytes, which the caller reads to their end or gives up. Fails when the rest of the form is malformed. */
  content: AsyncIterable<Uint8Array>;
  name: string;
  filename: string;
  mediaType: string;
}

/**
 * Returns the file in a form as soon as its header has arrived. The caller reads the rest of the body through the content.
 * After a failure, here or in the content, the rest is read and dropped, so that the answer reaches a client that still sends.
 */
export function readForm(body: Readable, contentType: string, maxBytes: number): Promise<FilePart> {
  const parser = parserOf(contentType);
  const found = Promise.withResolvers<FilePart>();
  const ended = Promise.withResolvers<void>();
  const giveUp = () => {
    body.unpipe(parser);
    body.resume();
  };
  const fail = (problem: Error) => {
    giveUp();
    ended.reject(problem);
    found.reject(problem);
  };
  // No caller waits for the end of a form that fails before its file arrives.
  ended.promise.catch(() => {});
  const refusePart = () => fail(new InputInvalid(undefined, { errors: [tooMuch] }));
  parser.on('file', (name, stream, filename, _encoding, mediaType) => {
    // The parser reports the same errors with more detail.
    stream.on('error', () => {});
    ended.promise.catch(() => stream.destroy());
    if (name !== partName) return refusePart();
    const content = contentOf(stream, ended.promise, giveUp);
    return found.resolve({ content, name, filename, mediaType });
  });
  parser.on('fieldsLimit', refusePart);
  parser.on('partsLimit', refusePart);
  parser.on('error', () => fail(new FormMalformed('The boundary that ends the form is missing.')));
  parser.on('finish', () => {
    ended.resolve();
    found.reject(new UploadMissing(`The form has no part "${partName}".`));
  });
  finished(body, (error) => {
    if (error) fail(new FormMalformed('The request broke off.'));
  });
  let received = 0;
  body.on('data', (chunk: Buffer) => {
    // The parser does not count the bytes before, between and after the parts.
    if ((received += chunk.length) > maxBytes + maxEnvelopeBytes) fail(new FileTooLarge());
  });
  body.pipe(parser);
  return found.promise;
}

/** Returns a SHA-256 that is equal for equal forms, whatever their boundary is: a repetition has another one. */
export function formDigest({ name, filename, mediaType }: FilePart, content: Buffer): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([name, filename, mediaType, content.toString('hex')]))
    .digest();
}

const tooMuch = {
  pointer: '#',
  code: 'unrecognized',
  detail: `The form takes one part, a file with the name "${partName}".`,
};

function parserOf(contentType: string): BusboyInstance {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits });
  } catch {
    throw new FormMalformed('Content-Type names no boundary.');
  }
}

async function* contentOf(
  stream: BusboyFileStream,
  ended: Promise<void>,
  giveUp: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream as AsyncIterable<Uint8Array>;
    await ended;
  } catch (error) {
    // The error of the form says why its file broke off.
    await ended;
    throw error;
  } finally {
    giveUp();
  }
}
