import { defineProblem } from '#libs/problem';

export class FileMissing extends defineProblem({
  kind: 'missing',
  code: 'files.missing',
  title: 'The file does not exist',
  help: 'It was never stored, or its time is over and it has been deleted. Make it again.',
}) {}

export class FileTooLarge extends defineProblem({
  kind: 'too-large',
  code: 'files.too-large',
  title: 'The file is too large',
  help: 'Send a smaller file, or split it into several.',
}) {}

export class UploadMissing extends defineProblem({
  kind: 'malformed',
  code: 'files.upload-missing',
  title: 'The request carries no file',
  help: 'Send the file itself as the request body, with its media type as Content-Type.',
}) {}
