import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { type OperationState, reopenings, statesBefore, transitions } from './operation-states.js';

const states = Object.keys(transitions) as OperationState[];

it('The state diagram in docs/jobs.md shows the transitions of the code, all of them and no others', async () => {
  const guide = await readFile(new URL('../../../docs/jobs.md', import.meta.url), 'utf8');
  const diagram = /```mermaid\nstateDiagram-v2\n(.*?)```/s.exec(guide)![1]!;
  const drawn = diagram.matchAll(/^\s*(\S+) --> (\w+|\[\*\])/gm);
  const coded = states.flatMap((from) => {
    const nexts = transitions[from].length > 0 ? transitions[from] : ['[*]'];
    return [...nexts, ...reopenings[from]].map((next) => `${from} ${next}`);
  });
  expect([...drawn].map(([, from, next]) => `${from} ${next}`).sort()).toEqual(
    ['[*] queued', ...coded].sort(),
  );
});

it('An operation that is over changes no more, unless an operator redrives it', () => {
  for (const next of states)
    for (const over of ['succeeded', 'failed', 'cancelled'] as const)
      expect(statesBefore(next)).not.toContain(over);
  for (const next of states)
    expect(statesBefore(next, reopenings)).toEqual(next === 'queued' ? ['failed'] : []);
});
