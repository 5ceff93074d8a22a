import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteQueue } from './byte-queue.js';

it('gives back all bytes in their order, whatever comes and goes in between', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.uint8Array({ maxLength: 50 }), fc.nat(100))), (steps) => {
      const queue = new ByteQueue();
      let held = Buffer.alloc(0);
      for (const [chunk, share] of steps) {
        queue.append(chunk);
        held = Buffer.concat([held, chunk]);
        expect(queue.bytes.equals(held)).toBe(true);
        const count = Math.floor((held.length * share) / 100);
        queue.remove(count);
        held = held.subarray(count);
      }
      expect(queue.bytes.equals(held)).toBe(true);
    }),
  );
});

it('keeps its buffer while what it holds fits', () => {
  const queue = new ByteQueue();
  queue.append(Buffer.alloc(100));
  const { buffer } = queue.bytes;
  for (let time = 0; time < 100; time += 1) {
    queue.remove(100);
    queue.append(Buffer.alloc(100));
  }
  expect(queue.bytes.buffer).toBe(buffer);
});
