import type { z } from 'zod';
import type { CommandLine } from '../../commands/support/command-line.js';
import { exitCodes, Refused } from './refusals.js';
import type { Tool } from './tool.js';

/** What every task takes. A key is never an argument: everybody on the machine can read those. */
export const common = {
  url: { type: 'string', value: 'address', does: 'the instance; else OPS_URL, else that of npm start' },
  'key-file': { type: 'string', value: 'path', does: 'a file with the API key; else OPS_API_KEY' },
  json: { type: 'boolean', does: 'prints JSON for programs' },
} as const;

const name = 'npm run ops';

/** The command without a task. */
export function lineOfAll(tools: readonly Tool[]): CommandLine<typeof common> {
  const width = Math.max(...tools.map((tool) => tool.name.length));
  const rows = [
    ...tools,
    { name: 'mcp', does: 'Serves the same tasks to an agent, as an MCP server on stdio.' },
  ];
  const list = rows.map((row) => `  ${row.name.padEnd(width)}  ${row.does}`).join('\n');
  return {
    name,
    does: `Looks at a running instance and acts on it, over HTTP with an API key. Tasks:\n\n${list}\n\nEach explains itself: npm run ops -- jobs --help. Exit codes: 0 done, 1 refused, 2 not understood,\n3 the instance does not answer, 4 not allowed.`,
    positionals: '<task> [argument …]',
    options: common,
  };
}

/** The command line of one task, from the schema of its input. */
export function lineOf(tool: Tool): CommandLine {
  const named = Object.entries(tool.input.shape as Record<string, z.ZodType>).filter(
    ([field]) => !tool.positionals.includes(field),
  );
  const options = Object.fromEntries(
    named.map(([field, schema]) => [
      field,
      {
        type: 'string' as const,
        value: field === 'confirm' ? 'token' : 'value',
        does: schema.description ?? '',
      },
    ]),
  );
  const positionals = tool.positionals.map((field) => `<${field}>`).join(' ');
  return {
    name: `${name} -- ${tool.name}`,
    does: tool.does,
    options: { ...options, ...common },
    ...(positionals && { positionals }),
  };
}

/** Checks what was given for a task. Throws {@link Refused} with every fault. */
export function inputOf(tool: Tool, values: Record<string, unknown>, positionals: string[]) {
  const [surplus] = positionals.slice(tool.positionals.length);
  if (surplus !== undefined) throw new Refused(`Unknown argument '${surplus}'`, exitCodes.misused);
  const placed = Object.fromEntries(positionals.map((value, index) => [tool.positionals[index], value]));
  const own = Object.entries(values).filter(([option]) => option in tool.input.shape);
  const { data, error } = tool.input.safeParse({ ...Object.fromEntries(own), ...placed });
  if (data) return data;
  const faults = error.issues.map(({ path, message }) => {
    const field = path.join('.');
    return `${tool.positionals.includes(field) ? `<${field}>` : `--${field}`}: ${message}`;
  });
  throw new Refused(faults.join('; '), exitCodes.misused);
}
