/** Cuts a stream into chunks of exactly `size` bytes (the last may be shorter), whatever chunks it arrives in. */
export async function* inChunks(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (let part of source) {
    while (held + part.length >= size) {
      const missing = size - held;
      yield Buffer.concat([...parts, part.subarray(0, missing)]);
      part = part.subarray(missing);
      parts = [];
      held = 0;
    }
    if (part.length > 0) {
      parts.push(part);
      held += part.length;
    }
  }
  if (held > 0) yield Buffer.concat(parts);
}
