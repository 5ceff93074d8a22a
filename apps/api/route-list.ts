import type { INestApplication } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { AccessRule, AuthenticationRequirement } from '#libs/access';
import type { HttpAdapter } from '#libs/http';
import { allRoutes, type Route } from './openapi/routes.js';

const introduction = `# Routes

Every route of the API and what it asks for. \`npm run routes\` writes this page from the decorators that the guards read; a
test compares it with what a running server answers. \`HEAD\` is what \`GET\` is, \`OPTIONS\` says the methods.

- **Who**: anybody (and why), any signed-in caller, holders of permissions, or services with a scope
- **Proof**: a _session_ is a browser's and never an API key's, and whoever acts as somebody else only looks; _any session_
  includes them; _sudo_ is a session in which it was proven in the last ten minutes who it is
- **Key**: what becomes of an \`Idempotency-Key\`; public routes have no caller to keep it for
- **Quota**: requests count towards the caller's quota
`;

type Row = [method: string, path: string, who: string, proof: string, key: string, quota: string];

const head: Row = ['Method', 'Path', 'Who', 'Proof', 'Key', 'Quota'];

/** The page docs/routes.md. The same in every environment that has the mailbox of development. */
export function routeList(app: INestApplication): string {
  const { httpAdapter } = app.get<HttpAdapterHost<HttpAdapter>>(HttpAdapterHost);
  const rows = [
    ...allRoutes(app).map((route) => rowOf(route)),
    // Without a controller nothing counts and nothing asks.
    ...httpAdapter.registeredRoutes
      .filter(({ method, open }) => method !== 'HEAD' && open !== undefined)
      .map(({ method, url, open }): Row => [method, code(url), `anybody: ${open}`, '', '', '']),
  ];
  rows.sort((a, b) => compare(placeOf(a), placeOf(b)));
  return `${introduction}\n${table([head, ...rows])}`;
}

function rowOf({ method, path, ...route }: Route & { method: string; path: string }): Row {
  const isMutating = method !== 'GET' && route.access?.kind !== 'public';
  return [
    method,
    code(path),
    whoOf(route.access),
    route.proof ? words[route.proof] : '',
    isMutating ? keyOf(route) : '',
    route.isLimited ? 'yes' : '',
  ];
}

const words: Record<AuthenticationRequirement, string> = {
  'any-session': 'any session',
  session: 'session',
  sudo: 'sudo',
};

function whoOf(rule: AccessRule | undefined): string {
  // The boot stops at a route without one.
  if (!rule) return 'nobody';
  if (rule.kind === 'public') return `anybody: ${rule.reason}`;
  if (rule.kind === 'permission') return rule.permissions.map(code).join(', ');
  return rule.kind === 'service' ? `services with ${code(rule.scope)}` : 'signed in';
}

function keyOf({ needsKey, ignoresKey }: Route): string {
  if (ignoresKey) return 'ignored';
  return needsKey ? 'required' : 'honoured';
}

const code = (text: string) => `\`${text}\``;
const compare = (a: string, b: string) => (a < b ? -1 : 1);

/** By path, without its quotes, then by method. */
const placeOf = ([method, path]: Row) => `${path.slice(1, -1)} ${method}`;

/** Padded, as the formatter would. */
function table(rows: Row[]): string {
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const [first, ...others] = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [first, rule, ...others, ''].join('\n');
}
