import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

interface Operation {
  requestBody?: { content: Record<string, { schema?: { $ref?: string } }> };
  parameters?: { in?: string; name?: string }[];
  'x-attempts'?: string;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as Document;

/** The fields and parameters that carry a secret, a code or a proof. */
const secrets = ['password', 'token', 'code', 'passkey', 'client_assertion', 'logout_token', 'state'];

/** Routes whose proof is a signature or a random value that is bound to a cookie: nobody guesses these. */
const unguessable: Record<string, string> = {
  'POST /v1/oauth/token': 'an assertion, signed by a registered key',
  'POST /v1/auth/oidc/{provider}/backchannel-logout': 'a token, signed by the provider',
  'GET /v1/auth/oidc/{provider}/callback': 'a state that a cookie of the browser completes',
  'POST /v1/users/me/passkeys': 'a new passkey, for a challenge of this session',
};

/** Fields that have such a name and are none: the problem code of dead letters, and the state of jobs and queues. */
const namesakes = [
  'GET /v1/dead-letters',
  'GET /v1/jobs',
  'POST /v1/dead-letters/discards',
  'POST /v1/dead-letters/redrives',
  'PUT /v1/queues/{name}/state',
];

function fieldsOf({ requestBody, parameters = [] }: Operation): string[] {
  const schemas = Object.values(requestBody?.content ?? {}).map(({ schema }) =>
    schema?.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)!] : schema,
  );
  const names = [...JSON.stringify(schemas).matchAll(/"(\w+)":\{/g)].map(([, name]) => name!);
  return [...names, ...parameters.flatMap(({ name }) => (name ? [name] : []))];
}

const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations)
    .filter(([, operation]) => fieldsOf(operation).some((field) => secrets.includes(field)))
    .map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
);

it('a route that checks a secret limits attempts, or nobody can guess it', () => {
  const open = routes.filter(({ operation }) => operation['x-attempts'] === undefined);
  expect(open.map(({ route }) => route).toSorted()).toEqual(
    [...Object.keys(unguessable), ...namesakes].toSorted(),
  );
});

it('the routes that check a secret are found by their fields', () => {
  const found = routes.map(({ route }) => route);
  for (const known of ['POST /v1/sessions', 'POST /v1/sessions/mfa', 'POST /v1/sudo', 'POST /v1/sudo/oidc'])
    expect(found).toContain(known);
});
