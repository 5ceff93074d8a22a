import type { z } from 'zod';

/** Characters of a wrong value that a message repeats. */
const shownLength = 60;

const types: Record<string, string> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** Returns what is wrong with a value where its schema does not say so itself, as the end of a sentence that begins with its name. */
export function sentenceOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${types[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      return `must have at least ${issue.minimum} ${unitOf(issue.origin)}`;
    case 'too_big':
      return `must have at most ${issue.maximum} ${unitOf(issue.origin)}`;
    case 'unrecognized_keys':
      return `has fields that nobody knows: ${issue.keys.join(', ')}`;
    default:
      return 'is not valid';
  }
}

const unitOf = (origin: string) => (origin === 'array' ? 'entries' : 'characters');

/** Returns the end of a sentence about a wrong value that is no secret. An address may hold a password all the same. */
export function shown(value: string): string {
  if (/\/\/[^/]*@/.test(value)) return '';
  return `, got ${JSON.stringify(value.length > shownLength ? `${value.slice(0, shownLength)}…` : value)}`;
}
