import { describe, expect, it } from '@jest/globals';
import { defineProblem, type ProblemType } from './problem.js';

const words = { title: 'A title', help: 'What to do.' };

const defining = (type: Pick<ProblemType, 'kind' | 'code'>) => () => defineProblem({ ...type, ...words });

describe('defineProblem', () => {
  it.each(['Samples.wrong', 'samples', 'samples.', 'samples.two_words'])('refuses the code %s', (code) => {
    expect(defining({ kind: 'conflict', code })).toThrow('Not a problem code');
  });

  it.each([
    { kind: 'not-found', code: 'samples.missing' },
    { kind: 'not-found', code: 'samples.gone' },
    { kind: 'conflict', code: 'samples.not-found' },
  ] as const)('refuses the code $code for the kind $kind', (type) => {
    expect(defining(type)).toThrow('"not-found"');
  });

  it('refuses a code that another problem has', () => {
    defining({ kind: 'not-found', code: 'samples.page-not-found' })();
    expect(defining({ kind: 'not-found', code: 'samples.page-not-found' })).toThrow('Two problems');
  });
});
