import { parseArgs } from 'node:util';

interface Option {
  type: 'string' | 'boolean';
  /** Stands for the value in the help: `hex` in `--head <hex>`. */
  value?: string;
  does: string;
}

/** Describes a command for `--help`, and for the check of its arguments. */
export interface CommandLine<Options extends Record<string, Option> = Record<string, Option>> {
  /** As people type it: `npm run audit:verify`. */
  name: string;
  does: string;
  options?: Options;
  /** Stands for the arguments without a name, where the command takes any: `<plural>`. */
  positionals?: string;
}

export interface Arguments<Options> {
  values: { [Name in keyof Options]?: Options[Name] extends { type: 'string' } ? string : boolean };
  positionals: string[];
}

/** Exit code of a command that does not understand its arguments. */
const misused = 2;

/**
 * Reads the arguments of this process. Ends the process with the help when it is asked for, and with the reason and the help
 * when an argument is unknown, before the command has done anything.
 */
export function readArguments<Options extends Record<string, Option>>(
  line: CommandLine<Options>,
  args = process.argv.slice(2),
): Arguments<Options> {
  const options = { ...line.options, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (values.help) {
      console.log(helpOf(line));
      process.exit(0);
    }
    if (positionals.length > 0 && !line.positionals) throw new Error(`Unknown argument '${positionals[0]}'`);
    return { values, positionals } as unknown as Arguments<Options>;
  } catch (error) {
    const [reason] = (error as Error).message.split('. ');
    console.error(`mainstay: ${reason}\n\n${helpOf(line)}`);
    process.exit(misused);
  }
}

/** Ends the process with the help when it is asked for. For a command whose other arguments go to another program. */
export function explainIfAsked(line: CommandLine, args: readonly string[]): void {
  if (!args.includes('--help') && !args.includes('-h')) return;
  console.log(helpOf(line));
  process.exit(0);
}

export function helpOf({ name, does, options = {}, positionals }: CommandLine): string {
  const shown = Object.entries(options).map(
    ([option, { value, does: effect }]) => [`--${option}${value ? ` <${value}>` : ''}`, effect] as const,
  );
  const all = [...(positionals ? [positionals] : []), ...shown.map(([form]) => `[${form}]`)];
  // npm keeps options for itself that do not come after two dashes.
  const dashes = all.length > 0 && name.startsWith('npm run ') ? ' --' : '';
  const width = Math.max(0, ...shown.map(([form]) => form.length));
  return [
    [`${name}${dashes}`, ...all].join(' '),
    '',
    does,
    ...(shown.length > 0 ? ['', ...shown.map(([form, effect]) => `  ${form.padEnd(width)}  ${effect}`)] : []),
  ].join('\n');
}
