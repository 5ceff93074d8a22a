import { z } from 'zod';

/** Any origin works. It only shows whether a path leads to another origin than the one it is resolved against. */
const here = 'https://here.invalid';

/**
 * The path in the front end at which the user continues, with query and fragment, in the form that browsers normalise it to.
 * A text that a browser could read as another host or as a path of the API is refused (ASVS 5.0 3.7.2).
 */
export const returnPath = z
  .string()
  .max(512)
  .transform((text, context) => {
    const path = pathWithin(text);
    if (path !== undefined) return path;
    context.addIssue({ code: 'custom', message: 'Must be a path of the front end, for example /settings.' });
    return z.NEVER;
  })
  .meta({ description: 'Where the front end continues, for example `/settings`.' });

function pathWithin(text: string): string | undefined {
  // Browsers read a backslash as a slash, and remove tabs and line ends first.
  if (!/^\/(?![/\\])/.test(text) || /\p{Cc}/u.test(text)) return undefined;
  const url = URL.parse(text, here);
  if (url?.origin !== here || url.pathname.startsWith('//') || url.pathname.startsWith('/v1/'))
    return undefined;
  return url.pathname + url.search + url.hash;
}
