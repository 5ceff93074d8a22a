import { z } from 'zod';

/** The members of an answer that `traceOf` returns. */
export const traceFields = {
  trace_id: z.string().nullable(),
  trace_url: z
    .string()
    .nullable()
    .meta({ description: 'Its page in the tracing tool, where the installation names one.' }),
};
