export {
  covers,
  isServicePermission,
  type Permission,
  permissions,
  permissionsOf,
  type Role,
  roles,
  type ServiceScope,
  serviceScopes,
} from './permissions.js';
export {
  assertSudo,
  callerOf,
  findPrincipal,
  getOwnSession,
  getPrincipal,
  getService,
  getSession,
  getUser,
  isInSudo,
  type Principal,
  type RequestContext,
  type ServicePrincipal,
  type UserPrincipal,
} from './principal.js';
export { AccessDenied, AuthenticationRequired, SessionRequired, SudoRequired } from './problems.js';
export {
  type AuthenticationRequirement,
  authenticationRequirement,
  RequireSession,
  RequireSudo,
} from './proof.js';
export {
  type AccessRule,
  accessRule,
  Authenticated,
  Public,
  RequirePermission,
  ServiceOnly,
} from './rule.js';
