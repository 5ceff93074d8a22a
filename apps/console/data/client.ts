import { type Client, createClient, dataOf, RequestFailed } from '#libs/client';

export { dataOf };

export const client: Client = createClient({ baseUrl: '' });

/** Milliseconds that the clock of the server is ahead of the browser's: every "ago" is by the server's. */
let clockOffset = 0;

client.use({
  onResponse({ response }) {
    const date = Date.parse(response.headers.get('date') ?? '');
    // The header has whole seconds; half of one is the mean of what it leaves out.
    if (Number.isFinite(date)) clockOffset = date + 500 - Date.now();
  },
});

export const serverNow = () => Date.now() + clockOffset;

/** A header of requests whose repetition must not be a second action. */
export const newKey = () => ({ 'Idempotency-Key': crypto.randomUUID() });
export const ifVersion = (version: number) => ({ 'If-Match': `"v${version}"` });

export function sentenceOf(error: unknown): string {
  if (error instanceof RequestFailed) {
    const { title, detail } = error.problem;
    return detail && detail !== title ? `${title}. ${detail}` : `${title}.`;
  }
  if (isUnreachable(error)) return 'The API does not answer.';
  return error instanceof Error ? error.message : String(error);
}

/** Nothing came back: the browser says so with this class (Fetch standard, section 5.6). */
export const isUnreachable = (error: unknown) => error instanceof TypeError;

export const codeOf = (error: unknown) => (error instanceof RequestFailed ? error.problem.code : 'network');
