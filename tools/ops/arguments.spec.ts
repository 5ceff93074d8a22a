import { expect, it } from '@jest/globals';
import { helpOf } from '../../commands/support/command-line.js';
import { inputOf, lineOf, lineOfAll } from './arguments.js';
import { Refused } from './refusals.js';
import { tools } from './tools.js';

const toolOf = (wanted: string) => tools.find(({ name }) => name === wanted)!;
const id = '0199c0de-0000-7000-8000-000000000000';

it('the help names every task, and that of a task what it takes', () => {
  const all = helpOf(lineOfAll(tools));
  for (const { name, does } of tools) expect(all).toContain(`${name}`.padEnd(14) + `  ${does}`);
  const one = helpOf(lineOf(toolOf('set-queue')));
  expect(one).toContain('<queue> <state>');
  expect(one).toContain('--reason <value>');
  expect(one).toContain('--confirm <token>');
});

it('arguments become the input of a task', () => {
  expect(inputOf(toolOf('jobs'), { state: 'failed', limit: '5', json: true }, [])).toEqual({
    state: 'failed',
    limit: 5,
  });
  expect(inputOf(toolOf('routes'), {}, [])).toEqual({ period: '1h' });
  expect(inputOf(toolOf('cancel'), { reason: 'It is stuck.' }, [id])).toEqual({ id, reason: 'It is stuck.' });
});

it.each([
  ['cancel', {}, [id], '--reason: '],
  ['cancel', { reason: 'It is stuck.' }, ['nothing'], '<id>: '],
  ['jobs', { state: 'lost' }, [], '--state: '],
  ['jobs', { limit: '1000' }, [], '--limit: '],
  ['overview', {}, ['now'], "Unknown argument 'now'"],
])('what a task does not understand is named: %s %j %j', (name, values, positionals, said) => {
  const given = () => inputOf(toolOf(name), values, positionals);
  expect(given).toThrow(said);
  expect(given).toThrow(Refused);
});

it('each task that acts wants a reason and a confirmation, and no other does', () => {
  const acting = tools.filter(({ input }) => 'confirm' in input.shape && 'reason' in input.shape);
  expect(acting.map(({ name }) => name)).toEqual(['redrive', 'cancel', 'set-queue']);
  expect(tools.filter(({ acts }) => acts)).toEqual(acting);
});
