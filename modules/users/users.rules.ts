import {
  AccessDenied,
  assertSudo,
  covers,
  getPrincipal,
  isInSudo,
  permissionsOf,
  type Role,
  roles,
} from '#libs/access';

/** Returns whether a role allows anything beyond the own account. */
export function hasRights(role: Role): boolean {
  return permissionsOf(role).size > 0;
}

/**
 * Returns the roles that the caller may grant: no caller may create a user with more permissions than the caller has, and only a
 * session in sudo grants permissions at all.
 */
export function grantableRoles(): Role[] {
  const { permissions } = getPrincipal();
  return roles.filter((role) => covers(permissions, permissionsOf(role)) && (!hasRights(role) || isInSudo()));
}

/**
 * Throws AccessDenied for a role that allows more than the caller may do. For a role with permissions it throws what
 * {@link assertSudo} throws.
 */
export function assertGrantable(role: Role): void {
  assertCovered(role, `The role ${role} allows more than you may do yourself.`);
}

/**
 * Throws AccessDenied for a user who may do more than the caller. For a user with permissions it throws what
 * {@link assertSudo} throws.
 */
export function assertManageable(role: Role): void {
  assertCovered(role, 'This user may do more than you may yourself.');
}

function assertCovered(role: Role, detail: string): void {
  if (!covers(getPrincipal().permissions, permissionsOf(role))) throw new AccessDenied(detail);
  if (hasRights(role)) assertSudo();
}
