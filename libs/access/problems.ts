import { defineProblem } from '#libs/problem';

export class AuthenticationRequired extends defineProblem({
  kind: 'unauthenticated',
  code: 'access.authentication-required',
  title: 'Authentication is required',
  help: 'Sign in with POST /v1/sessions and send the session cookie with the request. A session that ended or expired needs a new sign-in.',
}) {}

export class AccessDenied extends defineProblem({
  kind: 'forbidden',
  code: 'access.denied',
  title: 'Access is denied',
  help: 'You are signed in, but not allowed to do this. Ask an administrator for the permission that the operation names.',
}) {}

export class SessionRequired extends defineProblem({
  kind: 'forbidden',
  code: 'access.session-required',
  title: 'A session is required',
  help: 'This is done by a person who is signed in with POST /v1/sessions, and never with an API key: managing the own account, giving rights, and changing or closing an account that has rights.',
}) {}

export class SudoRequired extends defineProblem({
  kind: 'forbidden',
  code: 'access.sudo-required',
  title: 'Prove your identity again',
  help: 'This is a sensitive action. POST /v1/sudo allows such actions for ten minutes; then send the request again.',
}) {}
