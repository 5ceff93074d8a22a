import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Where the prices stand unless PRICES_FILE names another file. It is an example: nobody is warned because of it. */
const examplePath = 'ops/prices.example.json';

const error = 'must be a number from 0 to 1000000000';
const amount = z.number({ error }).min(0, { error }).max(1e9, { error });

const coresError = 'must be a number of cores from 0.01 to 100000';
const cores = z.number({ error: coresError }).min(0.01, { error: coresError }).max(100_000, {
  error: coresError,
});

const budgetError = 'must be a number above 0 and up to 1000000000';

/** What is paid for. A field that is not known is refused: with a slip in its name a price would be nothing. */
const prices = z.strictObject({
  about: z.string().optional(),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be a code of ISO 4217, for example EUR'),
  /** The cores of all API and worker processes together. */
  cpu: z.strictObject({ cores, per_core_hour: amount }),
  database: z.strictObject({ cores, per_core_hour: amount }),
  storage: z.strictObject({ per_gib_month: amount }),
  egress: z.strictObject({ per_gib: amount }),
  fixed_per_month: amount,
  budget_per_month: z
    .number({ error: budgetError })
    .positive({ error: budgetError })
    .max(1e9, { error: budgetError })
    .optional(),
  revenue_per_user_month: amount.default(0),
  isExample: z.boolean(),
});
export type Prices = z.output<typeof prices>;

/** Reads the file of prices that a variable names. The messages name the fields. */
export const pricesFile = z
  .string()
  .transform((path, context) => {
    try {
      const read = JSON.parse(readFileSync(path, 'utf8')) as unknown;
      if (typeof read === 'object' && read !== null) return { ...read, isExample: path === examplePath };
      context.addIssue({ code: 'custom', message: 'must be a file with a JSON object' });
    } catch (failure) {
      const { code } = failure as NodeJS.ErrnoException;
      const message = code ? `cannot be read (${code})` : 'must be a file with a JSON object';
      context.addIssue({ code: 'custom', message });
    }
    return z.NEVER;
  })
  .pipe(prices)
  .prefault(examplePath);
