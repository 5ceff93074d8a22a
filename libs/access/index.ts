export {
  covers,
  type Permission,
  permissions,
  permissionsOf,
  type Role,
  roles,
  type ServiceScope,
  serviceScopes,
} from './permissions.js';
export {
  callerOf,
  callingNetwork,
  findContext,
  findPrincipal,
  getPrincipal,
  getService,
  getSession,
  getUser,
  type Principal,
  runInContext,
  type ServicePrincipal,
  type UserPrincipal,
  type WorkContext,
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
