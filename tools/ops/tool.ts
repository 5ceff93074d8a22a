import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Client } from '#libs/client';
import { Refused } from './refusals.js';

/** What a tool found or did. */
export interface Answer {
  /** For programs. */
  data: unknown;
  /** For people: lines, and tables of rows. */
  parts: (string | Record<string, unknown>[])[];
}

/** One task of an operator, for terminals, scripts and agents alike. */
export interface Tool<Input extends z.ZodObject = z.ZodObject> {
  /** In kebab case. */
  name: string;
  does: string;
  input: Input;
  /** The fields of the input that are given without a name on a command line, in this order. */
  positionals: string[];
  /** Whether it changes something. */
  acts: boolean;
  run(client: Client, input: z.output<Input>): Promise<Answer>;
}

type Declared<Input extends z.ZodObject> = Pick<Tool<Input>, 'name' | 'does' | 'input'> & {
  positionals?: (keyof z.output<Input> & string)[];
};

export function reads<Input extends z.ZodObject>(
  tool: Declared<Input> & Pick<Tool<Input>, 'run'>,
): Tool<Input> {
  return { positionals: [], acts: false, ...tool };
}

/** What an action would change, as it is now. */
export interface Preview {
  /** Whatever must still be the same when the action is confirmed. */
  seen: unknown;
  sentence: string;
  rows?: Record<string, unknown>[];
}

type Confirmable = z.ZodObject<{ reason: z.ZodString; confirm: z.ZodOptional<z.ZodString> }>;

/**
 * A tool that acts in two steps: without `confirm` it changes nothing and says what it would change, with a token. It acts when the token
 * comes back and everything is still as it was seen; the same step repeated has the same Idempotency-Key, so it happens once.
 */
export function acts<Input extends Confirmable>(
  tool: Declared<Input> & {
    preview(client: Client, input: z.output<Input>): Promise<Preview>;
    act(client: Client, input: z.output<Input>, step: { preview: Preview; key: string }): Promise<Answer>;
  },
): Tool<Input> {
  const run = async (client: Client, given: z.output<Input>): Promise<Answer> => {
    const { confirm, reason, ...what } = given;
    const preview = await tool.preview(client, given);
    const token = digestOf([tool.name, what, preview.seen]).slice(0, 12);
    if (confirm === token)
      return tool.act(client, given, { preview, key: `ops-${digestOf([token, preview.seen, reason])}` });
    if (confirm !== undefined)
      throw new Refused(
        `Nothing was changed: it is not as it was when you got that token. Now: ${preview.sentence} Look again, and confirm with ${token}.`,
      );
    const { rows = [], sentence } = preview;
    return {
      data: { changed: false, preview: sentence, rows, confirm: token },
      parts: [
        sentence,
        ...(rows.length > 0 ? [rows] : []),
        `Nothing was changed yet. Confirm with: ${token}`,
      ],
    };
  };
  return { positionals: [], ...tool, acts: true, run };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
