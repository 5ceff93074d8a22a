/** One server-sent event. */
interface ServerEvent {
  id: string | undefined;
  event: string;
  data: string;
}

/** Yields the events of a `text/event-stream` body (WHATWG HTML section 9.2.6) until the server ends it. It skips comments. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parse(block);
      if (event) yield event;
    }
  }
}

/** Parses one event. The server separates lines with LF alone, and events with an empty line. */
function parse(block: string): ServerEvent | undefined {
  const fields = block.split('\n').map((line) => {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    return [name, value] as const;
  });
  const data = fields.filter(([name]) => name === 'data').map(([, value]) => value);
  if (data.length === 0) return undefined;
  const last = (wanted: string) => fields.findLast(([name]) => name === wanted)?.[1];
  return { id: last('id'), event: last('event') ?? 'message', data: data.join('\n') };
}
