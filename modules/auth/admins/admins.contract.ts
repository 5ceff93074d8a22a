import { defineProblem } from '#libs/problem';

export class AdminExists extends defineProblem({
  kind: 'conflict',
  code: 'auth.admin-exists',
  title: 'There is an administrator already',
  help: 'An administrator invites further ones with POST /v1/users.',
}) {}
