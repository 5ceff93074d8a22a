import { covers, type Permission } from '#libs/access';

type Permissions = ReadonlySet<Permission>;

/**
 * Returns whether an administrator may act as a user. The user must have fewer permissions and no others, so that acting as a
 * user never adds a permission.
 */
export function mayActAs(own: Permissions, other: Permissions): boolean {
  return own.has('users:impersonate') && covers(own, other) && other.size < own.size;
}
