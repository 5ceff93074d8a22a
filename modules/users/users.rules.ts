import { AccessDenied, covers, getPrincipal, permissionsOf, type Role, roles } from '#libs/access';

/** Returns the roles that the caller may grant: no caller may create a user with more permissions than the caller has. */
export function grantableRoles(): Role[] {
  const { permissions } = getPrincipal();
  return roles.filter((role) => covers(permissions, permissionsOf(role)));
}

/** Throws AccessDenied for a role that allows more than the caller may do. */
export function assertGrantable(role: Role): void {
  if (!grantableRoles().includes(role))
    throw new AccessDenied(`The role ${role} allows more than you may do yourself.`);
}

/** Throws AccessDenied for a user who may do more than the caller. */
export function assertManageable(role: Role): void {
  if (!grantableRoles().includes(role))
    throw new AccessDenied('This user may do more than you may yourself.');
}
