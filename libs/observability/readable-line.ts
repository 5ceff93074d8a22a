import { styleText } from 'node:util';

type Fields = Record<string, unknown>;

const styleOfLevel: Record<string, Parameters<typeof styleText>[0]> = {
  fatal: ['red', 'bold'],
  error: 'red',
  warn: 'yellow',
  info: 'green',
};

/** Fields that stand in their own places, in every line and in those of requests and jobs. */
const placed = ['level', 'time', 'service.name', 'msg', 'err'];
const placedIn: Record<string, string[]> = {
  request: ['method', 'route', 'status', 'duration_ms'],
  job: ['job', 'outcome', 'duration_ms'],
};

/** Fields that say nothing to somebody who looks at one machine. */
const unshown = [
  'client_net',
  'trace_id',
  'span_id',
  'context',
  'service.version',
  'service.instance.id',
  'deployment.environment.name',
];

/**
 * Returns a line of the log as people read it: one line for each event, and below it the error and its stack. A line that is no
 * JSON object is returned as it is.
 */
export function readableLine(line: string, { colours }: { colours: boolean }): string {
  const fields = parsed(line);
  if (!fields) return line;
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const level = String(fields.level);
  const elsewhere = new Set([...placed, ...unshown, ...(placedIn[text(fields.msg)] ?? [])]);
  const rest = Object.entries(fields)
    .filter(([name, value]) => !elsewhere.has(name) && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const parts = [
    paint('dim', timeOf(fields.time)),
    paint(styleOfLevel[level] ?? 'dim', level.padEnd(5)),
    paint(
      'dim',
      text(fields['service.name'] ?? '')
        .replace('mainstay-', '')
        .padEnd(6),
    ),
    oneLine(eventOf(fields)),
    rest.length > 0 && paint('dim', oneLine(rest.join(' '))),
  ];
  return [parts.filter(Boolean).join(' ').trimEnd(), ...errorLines(fields.err)].join('\n');
}

function parsed(line: string): Fields | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Fields;
    return typeof value.level === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the local time of the day, which the developer's clock shows too. */
function timeOf(time: unknown): string {
  const date = new Date(String(time));
  return Number.isNaN(date.getTime()) ? '--:--:--' : date.toTimeString().slice(0, 8);
}

function eventOf({ msg, context, method, route, status, duration_ms, err, job, outcome }: Fields): string {
  if (msg === 'request') return `${text(method)} ${text(route)} ${text(status)} in ${text(duration_ms)} ms`;
  if (msg === 'job') return `${text(job)} ${text(outcome)} in ${text(duration_ms)} ms`;
  const subject = typeof context === 'string' ? `${context}: ` : '';
  return `${subject}${text(msg ?? (err as Fields | undefined)?.message)}`;
}

/** Returns the error with its stack, and then its causes, each a step further to the right. */
function errorLines(error: unknown, label = '', indent = '    '): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { type, message, stack, cause, errors } = error as Fields;
  const frames = typeof stack === 'string' ? stack.split('\n').map((frame) => frame.trim()) : [];
  return [
    ...`${label}${text(type)}: ${text(message)}`.split('\n').map((part) => indent + oneLine(part)),
    ...frames.filter(Boolean).map((frame) => `${indent}  ${oneLine(frame)}`),
    ...errorLines(cause, 'caused by ', `${indent}  `),
    ...(Array.isArray(errors) ? errors.flatMap((part) => errorLines(part, '', `${indent}  `)) : []),
  ];
}

const text = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** Shows what would end the line, or would command the terminal: text of strangers is in the log. */
const oneLine = (line: string) =>
  line.replaceAll(/[\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu, (char) =>
    char === '\n' ? String.raw`\n` : `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
