import { z } from 'zod';

/** Any origin does: it only shows whether a path leads away from the one it is resolved against. */
const here = 'https://here.invalid';

/**
 * A place in the front end to go on at: a path with query and fragment, in the one form that browsers make of it. What
 * a browser could read as another host, or as a path of the API, is refused (ASVS 5.0 3.7.2).
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
  .meta({ description: 'Where to go on in the front end, for example `/settings`.' });

function pathWithin(text: string): string | undefined {
  // Browsers take a backslash for a slash, and drop tabs and line ends before they look.
  if (!/^\/(?![/\\])/.test(text) || /\p{Cc}/u.test(text)) return undefined;
  const url = URL.parse(text, here);
  if (url?.origin !== here || url.pathname.startsWith('//') || url.pathname.startsWith('/v1/'))
    return undefined;
  return url.pathname + url.search + url.hash;
}
