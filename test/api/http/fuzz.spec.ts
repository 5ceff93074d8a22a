import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { faultsOf } from '../../support/contract/answer.js';
import { findOperation, operations } from '../../support/contract/document.js';
import { requestFaults } from '../../support/contract/request.js';
import { type FuzzRequest, requestOf } from '../../support/fuzz/requests.js';
import { asCurl, send } from '../../support/fuzz/send.js';
import { Stage } from '../../support/fuzz/stage.js';

/** Requests in all, and where chance begins: the same every time, so that a change of ours is what makes this file fail. */
const runs = Number(process.env.FUZZ_RUNS ?? 1500);
const seed = Number(process.env.FUZZ_SEED ?? 20_261_128);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

/** Why the answer is wrong: it is not as described, says that the fault is ours, or accepts what is not described. */
async function faultsFor(request: FuzzRequest): Promise<string[]> {
  const answer = await send(stage.world.url, stage.proven(request));
  if (request.method !== 'GET' && answer.status < 300) await stage.renewCaller(request.caller);
  // An id such as `me` makes it another operation.
  const operation = findOperation(request.method, request.target);
  const accepted = operation && answer.status < 300 ? requestFaults(operation, request) : [];
  return [
    ...faultsOf(answer),
    ...(answer.status >= 500 ? [`${answer.status} ${answer.body?.toString('utf8').slice(0, 500)}`] : []),
    ...accepted.map((fault) => `${answer.status}, although ${fault}`),
  ];
}

it.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  'whatever is sent to %s, the answer is one of those that openapi.json describes',
  async (_name, operation) => {
    await stage.renew(operation);
    const property = fc.asyncProperty(requestOf(operation), async (drawn) => {
      const request = stage.prepared(drawn);
      const faults = await faultsFor(request).catch((error: Error) => [error.message]);
      if (faults.length > 0) throw new Error(`${faults.join('\n')}\n${asCurl(stage.world.url, request)}`);
    });
    const outcome = await fc.check(property, { numRuns: Math.ceil(runs / operations.length), seed });
    expect(outcome.failed ? told(outcome) : 'as described').toBe('as described');
  },
);

const told = ({ errorInstance, counterexamplePath }: fc.RunDetails<[FuzzRequest]>) =>
  `${(errorInstance as Error).message}\nFUZZ_RUNS=${runs} FUZZ_SEED=${seed}, at ${counterexamplePath}`;
