import { z } from 'zod';

/** One page of a list as clients see it. `next_cursor` is null on the last page. */
export interface Page<T> {
  data: T[];
  page: { next_cursor: string | null; has_more: boolean };
}

/** Returns the schema of a page of these views, for documentation and serialisation. */
export function pageOf<View extends z.ZodType>(view: View) {
  return z.object({
    data: z.array(view),
    page: z.object({
      next_cursor: z.string().nullable().describe('The `cursor` of the next page; null on the last page.'),
      has_more: z.boolean(),
    }),
  });
}

/** Converts digits to a number. Query parameters are text, and `1.5`, `1e1`, `abc` and a repeated parameter are refused. */
const digits = (value: unknown) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);

/** The schema of `?limit=`: 20 rows by default, 100 at most. */
export const pageLimit = z
  .preprocess(digits, z.int().min(1).max(100))
  .default(20)
  // The text names the default, which Zod leaves out of the documentation of a preprocessed value.
  .describe('The number of rows of a page; 20 by default.');

/** Returns the schema of a list's query: `limit`, `cursor` and its own sort and filters. It refuses unknown parameters. */
export function pageQuery<Shape extends z.ZodRawShape>(own: Shape) {
  return z.strictObject({
    limit: pageLimit,
    cursor: z.string().describe('The `next_cursor` of the previous page.').optional(),
    ...own,
  });
}

/**
 * Returns the Link header (RFC 8288) to the next page: the same request with the next cursor. `requestUrl` is the path and
 * query as received.
 */
export function nextLink(publicUrl: string, requestUrl: string, cursor: string): string {
  const { pathname, search } = new URL(requestUrl, publicUrl);
  // The parts are joined as text: PUBLIC_URL may have a path, and a request for //elsewhere must not change the host.
  const next = new URL(publicUrl + pathname + search);
  next.searchParams.set('cursor', cursor);
  return `<${next.href}>; rel="next"`;
}
