export { type Permission, permissions, permissionsOf, type Role, roles } from './permissions.js';
export {
  findContext,
  findPrincipal,
  getPrincipal,
  type Principal,
  runInContext,
  type WorkContext,
} from './principal.js';
export { AccessDenied, AuthenticationRequired } from './problems.js';
export {
  type AccessRule,
  accessRule,
  Authenticated,
  Public,
  RequirePermission,
  ServiceOnly,
} from './rule.js';
