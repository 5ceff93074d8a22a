import { defineProblem } from '#libs/problem';

export class CredentialsWrong extends defineProblem({
  kind: 'unauthenticated',
  code: 'auth.invalid-credentials',
  title: 'Address or password is wrong',
  help: 'Check both, or ask for a new password with POST /v1/password-resets. An account can be used once its address is verified.',
}) {}

export class OriginRefused extends defineProblem({
  kind: 'forbidden',
  code: 'auth.origin-refused',
  title: 'The request comes from another site',
  help: 'A browser may change things only from pages on the origins that the operator lists (ALLOWED_ORIGINS).',
}) {}
