import { expect, it } from '@jest/globals';
import { readEvents } from './events.js';

async function eventsIn(text: string, chunkBytes: number) {
  const bytes = new TextEncoder().encode(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.slice(index * chunkBytes, (index + 1) * chunkBytes),
  );
  const events = [];
  for await (const event of readEvents(ReadableStream.from(chunks))) events.push(event);
  return events;
}

const stream =
  'retry: 2000\n\n: still here\n\nid: a-1\nevent: job\ndata: {"name":"Nöther"}\n\ndata: one\ndata: two\n\ndata: cut o';

it('reads events wherever the network cuts them, and drops comments and an unfinished end', async () => {
  for (const chunkBytes of [1, 7, 1000]) {
    expect(await eventsIn(stream, chunkBytes)).toEqual([
      { id: 'a-1', event: 'job', data: '{"name":"Nöther"}' },
      { id: undefined, event: 'message', data: 'one\ntwo' },
    ]);
  }
});
