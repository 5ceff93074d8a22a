import type { Scenario } from './scenarios.js';
import type { Server } from './server.js';

/** Different in every answer, or of the connection and not of the answer. */
const incidental = new Set(['date', 'x-request-id', 'connection', 'keep-alive']);

/** What the yardstick leaves out on purpose. */
const onlyOurs = new Set(['ratelimit', 'ratelimit-policy']);

/**
 * Asks both and throws unless they answer alike: status, header fields and every byte of the body
 * but what must differ. Servers that do not the same are not worth comparing.
 */
export async function assertSameAnswer(ours: Server, theirs: Server, scenario: Scenario): Promise<void> {
  const request = scenario.request();
  const our = await answerOf(ours, scenario, request);
  // Making the same thing once more would be a conflict.
  const their = await answerOf(theirs, scenario, request.method === 'POST' ? scenario.request() : request);
  if (our === their) return;
  throw new Error(
    `${scenario.name}: the answers differ.\n\n${ours.name}\n${our}\n\n${theirs.name}\n${their}`,
  );
}

async function answerOf(
  { url }: Server,
  { varying }: Scenario,
  { path, ...request }: ReturnType<Scenario['request']>,
): Promise<string> {
  const response = await fetch(url + path, request);
  const headers = [...response.headers]
    .filter(([name]) => !incidental.has(name) && !onlyOurs.has(name))
    .map(([name, value]) => `${name}: ${value}`);
  const lines = [`${response.status}`, ...headers, '', await response.text()];
  return varying.reduce(
    (text, pattern) => text.replaceAll(pattern, ({ length }) => `<${length} characters>`),
    lines.join('\n'),
  );
}
