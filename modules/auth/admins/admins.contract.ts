import { defineProblem } from '#libs/problem';

export class AdminExists extends defineProblem({
  kind: 'conflict',
  code: 'auth.admin-exists',
  title: 'There is an administrator already',
  help: 'Let an administrator invite further ones with POST /v1/users.',
}) {}
