import { covers, type Permission } from '#libs/access';

type Permissions = ReadonlySet<Permission>;

/** Acting as somebody never gives a right: that user must be able to do less, and nothing else. */
export function mayActAs(own: Permissions, other: Permissions): boolean {
  return own.has('users:impersonate') && covers(own, other) && other.size < own.size;
}
