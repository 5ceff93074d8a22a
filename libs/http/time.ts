import { z } from 'zod';

/** An instant: RFC 3339 in UTC with milliseconds in JSON, a Date in the code. */
export const time = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});
