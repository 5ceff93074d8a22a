import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineJob } from './job-definition.js';

it('An upcaster from a version that does not come before the present one is refused', () => {
  for (const from of [0, 2, 1.5]) {
    const define = () =>
      defineJob('sample.misnumbered', z.string(), { version: 2, upcasters: { [from]: String } });
    expect(define).toThrow(`sample.misnumbered is at version 2, so it has no upcaster from version ${from}`);
  }
});
