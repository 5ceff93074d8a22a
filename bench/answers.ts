import type { Scenario } from './scenarios.js';
import type { Server } from './server.js';

/** The header fields that differ in every answer, or belong to the connection and not to the answer. */
const incidental = new Set(['date', 'x-request-id', 'connection', 'keep-alive']);

/** The header fields that the baseline leaves out on purpose. */
const onlyOurs = new Set(['ratelimit', 'ratelimit-policy']);

/**
 * Sends the request to both servers and throws unless status, header fields and every byte of the body are equal, except for
 * the parts that must differ. Only servers that do the same work can be compared.
 */
export async function assertSameAnswer(ours: Server, theirs: Server, scenario: Scenario): Promise<void> {
  const request = scenario.request();
  const our = await answerOf(ours, scenario, request);
  // Creating the same resource again would be a conflict.
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
