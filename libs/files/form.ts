import { createHash } from 'node:crypto';
import { finished, type Readable } from 'node:stream';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { InputInvalid } from '#libs/http';
import { FileTooLarge, FormMalformed, UploadMissing } from './problems.js';

/** What `FormData` and `curl -F` send (RFC 7578). */
export const formType = 'multipart/form-data';

/** The one part that a form has. */
const partName = 'file';

/** Bytes of a form beside its file: two boundaries of 70 characters at most, and the header of the part. */
export const maxEnvelopeBytes = 16 * 1024;

const limits = {
  parts: 1,
  // A field is refused by its being there; nobody needs its value.
  fields: 0,
  /** Bytes. What follows is thrown away, so that a header without an end takes no memory. */
  headerSize: maxEnvelopeBytes / 2,
};

export interface FilePart {
  /** To be read to its end, or given up. Fails when what follows the file is wrong. */
  content: AsyncIterable<Uint8Array>;
  name: string;
  filename: string;
  mediaType: string;
}

/**
 * The file in a form, as soon as its header has come. The rest of the body is read as the file is; after a failure, here
 * or of the content, it is read for nothing, so that the answer reaches a sender that is still sending.
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
  // A form that fails before its file comes has nobody to wait for its end.
  ended.promise.catch(() => {});
  const refusePart = () => fail(new InputInvalid(undefined, { errors: [tooMuch] }));
  parser.on('file', (name, stream, filename, _encoding, mediaType) => {
    // Its errors are the parser's too, which says more.
    stream.on('error', () => {});
    ended.promise.catch(() => stream.destroy());
    if (name !== partName) return refusePart();
    const content = contentOf(stream, ended.promise, giveUp);
    return found.resolve({ content, name, filename, mediaType });
  });
  parser.on('fieldsLimit', refusePart);
  parser.on('partsLimit', refusePart);
  parser.on('error', () => fail(new FormMalformed('The boundary that ends the form did not come.')));
  parser.on('finish', () => {
    ended.resolve();
    found.reject(new UploadMissing(`The form has no part "${partName}".`));
  });
  finished(body, (error) => {
    if (error) fail(new FormMalformed('The request broke off.'));
  });
  let received = 0;
  body.on('data', (chunk: Buffer) => {
    // What is no part, before, between and after them, nobody else counts.
    if ((received += chunk.length) > maxBytes + maxEnvelopeBytes) fail(new FileTooLarge());
  });
  body.pipe(parser);
  return found.promise;
}

/** SHA-256 of what two forms have in common that say the same: a repetition chooses another boundary. */
export function formDigest({ name, filename, mediaType }: FilePart, content: Buffer): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([name, filename, mediaType, content.toString('hex')]))
    .digest();
}

const tooMuch = {
  pointer: '#',
  code: 'unrecognized',
  detail: `The form takes one part, a file, and its name is "${partName}".`,
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
    // The form knows why its file broke off.
    await ended;
    throw error;
  } finally {
    giveUp();
  }
}
