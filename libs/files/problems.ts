import { defineProblem } from '#libs/problem';

export class FileNotFound extends defineProblem({
  kind: 'not-found',
  code: 'files.not-found',
  title: 'The file does not exist',
  help: 'The file was never stored, or it has expired and was deleted. Create it again.',
}) {}

export class FileTooLarge extends defineProblem({
  kind: 'too-large',
  code: 'files.too-large',
  title: 'The file is too large',
  help: 'Send a smaller file, or split it into several.',
}) {}

export class FileStorageFull extends defineProblem({
  kind: 'limited',
  code: 'files.storage-full',
  title: 'Your files take too much space',
  help: 'Files are deleted some days after their use. Wait until the oldest expires, which is after the seconds that Retry-After names.',
}) {}

export class UploadMissing extends defineProblem({
  kind: 'malformed',
  code: 'files.upload-missing',
  title: 'The request carries no file',
  help: 'Send the file itself as the request body, with its media type as Content-Type, or as the part "file" of a form (multipart/form-data).',
}) {}

export class FormMalformed extends defineProblem({
  kind: 'malformed',
  code: 'files.form-malformed',
  title: 'The form cannot be read',
  help: 'Send multipart/form-data as RFC 7578 describes it, with its boundary in Content-Type and at its end. Clients that build forms do this by themselves, unless Content-Type is set by hand.',
}) {}
