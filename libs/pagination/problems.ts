import { defineProblem } from '#libs/problem';

export class CursorInvalid extends defineProblem({
  kind: 'malformed',
  code: 'cursor.invalid',
  title: 'The cursor is not valid',
  help: 'A cursor works for 72 hours, for the caller who received it, and only with the filters and the sort order of the page it came from. Start again from the first page, without a cursor.',
}) {}
