import type { INestApplication } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { AccessRule, AuthenticationRequirement } from '#libs/access';
import type { HttpAdapter } from '#libs/http';
import { allRoutes, type Route } from './openapi/routes.js';

const introduction = `# Routes

This page lists every route of the API with its requirements. \`npm run generate\` writes it from the decorators that the guards
read; a test compares it with the answers of a running server. \`HEAD\` has the requirements of \`GET\`; \`OPTIONS\` lists the methods.

- **Who**: anybody (with the reason), any signed-in caller, holders of permissions, or services with a scope. A service may hold
  some permissions as scopes, and only reads with them, see [machines](machines.md#services)
- **Proof**: _session_ is a session in a browser: API keys are refused, and an administrator who acts as the user can only read.
  _any session_ lets them change things too. _sudo_ is a session whose user proved their identity in the last ten minutes
- **Key**: the treatment of an \`Idempotency-Key\`; a public route has no caller that could own one
- **Quota**: "yes" when requests count towards the quota of the caller
`;

type Row = [method: string, path: string, who: string, proof: string, key: string, quota: string];

const head: Row = ['Method', 'Path', 'Who', 'Proof', 'Key', 'Quota'];

/** Returns the page docs/routes.md. It is the same in every environment that has the development mailbox. */
export function routeList(app: INestApplication): string {
  const { httpAdapter } = app.get<HttpAdapterHost<HttpAdapter>>(HttpAdapterHost);
  const rows = [
    ...allRoutes(app).map((route) => rowOf(route)),
    // A route without a controller has no access rule, no key and no quota.
    ...httpAdapter.registeredRoutes
      .filter(({ method, open }) => method !== 'HEAD' && open !== undefined)
      .map(({ method, url, open }): Row => [method, code(url), `anybody: ${open}`, '', '', '']),
  ];
  rows.sort((a, b) => compare(sortKeyOf(a), sortKeyOf(b)));
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
  // An application with a route without a rule does not start.
  if (!rule) return 'nobody';
  if (rule.kind === 'public') return `anybody: ${rule.reason}`;
  if (rule.kind === 'permission') return rule.permissions.map(code).join(', ');
  if (rule.kind === 'service') return `services with ${code(rule.scope)}`;
  return rule.services ? `signed in, or services with ${code(rule.services)}` : 'signed in';
}

function keyOf({ needsKey, ignoresKey }: Route): string {
  if (ignoresKey) return 'ignored';
  return needsKey ? 'required' : 'honoured';
}

const code = (text: string) => `\`${text}\``;
const compare = (a: string, b: string) => (a < b ? -1 : 1);

/** Returns the path without its quotes, then the method. */
const sortKeyOf = ([method, path]: Row) => `${path.slice(1, -1)} ${method}`;

/** Returns a Markdown table, padded as the formatter does. */
function table(rows: Row[]): string {
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const [first, ...others] = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [first, rule, ...others, ''].join('\n');
}
