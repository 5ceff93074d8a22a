import { AccessDenied, covers, getPrincipal, permissionsOf, type Role, roles } from '#libs/access';

/** The roles that the caller may give: nobody makes somebody who may do more than they may themselves. */
export function grantableRoles(): Role[] {
  const { permissions } = getPrincipal();
  return roles.filter((role) => covers(permissions, permissionsOf(role)));
}

/** Throws AccessDenied for a role that allows more than the caller may do. */
export function demandGrantable(role: Role): void {
  if (!grantableRoles().includes(role))
    throw new AccessDenied(`The role ${role} allows more than you may do yourself.`);
}

/** Throws AccessDenied for a user who may do more than the caller. */
export function demandManageable(role: Role): void {
  if (!grantableRoles().includes(role))
    throw new AccessDenied('This user may do more than you may yourself.');
}
