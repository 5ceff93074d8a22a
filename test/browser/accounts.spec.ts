import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { administration } from './accounts/administration.js';
import { credentials } from './accounts/credentials.js';
import { machines, services } from './accounts/machines.js';
import { openid } from './accounts/openid.js';
import { passkeys } from './accounts/passkeys.js';
import { secondFactors } from './accounts/second-factors.js';
import { signingIn } from './accounts/sign-in.js';
import { Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start();
});
afterAll(() => stage?.close());

// The parts share one installation, so that the last test can ask what all of them have seen.
for (const part of [
  signingIn,
  credentials,
  secondFactors,
  passkeys,
  openid,
  machines,
  services,
  administration,
])
  part(() => stage);

/** The names of all operations of the modules that say who somebody is. */
function accountOperations(): Set<string> {
  const files = globSync('modules/{audit,auth,users}/**/*.ts');
  const names = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/operationId: '(\w+)'/g)]);
  return new Set(names.map(([, name = '']) => name));
}

interface Operation {
  operationId: string;
  responses: object;
}

/** What the description promises of these operations beside failures: `POST /v1/sessions 202`. */
function promisedAnswers(operations: Set<string>): string[] {
  const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { operationId }]) => operations.has(operationId))
      .flatMap(([method, { responses }]) =>
        Object.keys(responses)
          .filter((status) => /^[23]/.test(status))
          .map((status) => `${method.toUpperCase()} ${path} ${status}`),
      ),
  );
}

it('every operation about accounts gave each answer that its description promises', () => {
  const promised = promisedAnswers(accountOperations());
  expect(promised).toEqual(expect.arrayContaining(['POST /v1/sessions 202', 'GET /v1/users/{id} 304']));
  const missing = promised.filter((answer) => !stage.answers.has(answer));
  expect(missing.filter((answer) => process.env.TEST_CHROMIUM || !answer.includes('/passkey'))).toEqual([]);
});
