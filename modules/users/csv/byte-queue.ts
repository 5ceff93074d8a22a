/**
 * Bytes that come at the end and go at the start. It keeps one buffer and enlarges it only when it has to: buffers that are made
 * anew for each chunk of a file are freed late, and tens of megabytes of them pile up.
 */
export class ByteQueue {
  #buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  /** What is held. The bytes move with the next call of `append`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  append(chunk: Uint8Array): void {
    const { bytes } = this;
    const length = bytes.length + chunk.length;
    if (this.#end + chunk.length > this.#buffer.length) {
      if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(2 * length);
      bytes.copy(this.#buffer);
      this.#start = 0;
      this.#end = bytes.length;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  remove(count: number): void {
    this.#start += count;
  }
}
