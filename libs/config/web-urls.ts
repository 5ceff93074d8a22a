import { z } from 'zod';

/** The address of a site. As `webUrl` it has no slash at the end, because paths are appended to it. */
export const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'must be an http or https URL, for example https://api.example.com',
});
export const webUrl = httpUrl.transform((url) => url.replace(/\/+$/, ''));

/** The address of a page, with a place for the id of a trace. It becomes a link, so it is nothing that a browser would run. */
export const traceUrl = z
  .string()
  .refine((text) => text.includes('{trace_id}') && httpUrl.safeParse(text).success, {
    error:
      'must be an http or https URL with {trace_id} in it, for example https://traces.example.com/trace/{trace_id}',
  });
