import { z } from 'zod';

/** An instant: RFC 3339 in UTC with milliseconds on the wire, a Date inside. */
export const time = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});
