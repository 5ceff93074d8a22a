import { z } from 'zod';

/** One page of a list, as clients see it. `next_cursor` is null on the last page. */
export interface Page<T> {
  data: T[];
  page: { next_cursor: string | null; has_more: boolean };
}

/** The schema of a page of these views, for documentation and serialisation. */
export function pageOf<View extends z.ZodType>(view: View) {
  return z.object({
    data: z.array(view),
    page: z.object({
      next_cursor: z.string().nullable().describe('Ask for the next page with it; null on the last page.'),
      has_more: z.boolean(),
    }),
  });
}

/** Query parameters are text: only digits make a number, so `1.5`, `1e1`, `abc` and a repeated parameter are refused. */
const digits = (value: unknown) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);

/** `?limit=`: 20 by default, at most 100 rows. */
export const pageLimit = z
  .preprocess(digits, z.int().min(1).max(100))
  .default(20)
  // In words: Zod leaves defaults out of the documentation of what it transforms.
  .describe('Rows of a page; 20 when not given.');

/** The query of a list: `limit`, `cursor` and the list's own sort and filters; unknown parameters are refused. */
export function pageQuery<Shape extends z.ZodRawShape>(own: Shape) {
  return z.strictObject({
    limit: pageLimit,
    cursor: z.string().describe('`next_cursor` of the page before.').optional(),
    ...own,
  });
}

/**
 * The Link header (RFC 8288) of a page that has a next one: the same request with the next cursor.
 * `requestUrl` is the path and query as received.
 */
export function nextLink(publicUrl: string, requestUrl: string, cursor: string): string {
  const { pathname, search } = new URL(requestUrl, publicUrl);
  // Joined as text: PUBLIC_URL may have a path of its own, and a request for //elsewhere must not change the host.
  const next = new URL(publicUrl + pathname + search);
  next.searchParams.set('cursor', cursor);
  return `<${next.href}>; rel="next"`;
}
