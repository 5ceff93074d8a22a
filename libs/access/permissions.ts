/** All permissions, as `resource:action`. Roles are sets of permissions; code asks for permissions, never for roles. */
export const permissions = [
  'users:read',
  'users:write',
  'users:impersonate',
  'jobs:read',
  'jobs:write',
  'ops:read',
  'ops:write',
  'audit:read',
  'services:read',
  'services:write',
] as const;
export type Permission = (typeof permissions)[number];

export const roles = ['admin', 'operator', 'viewer', 'member'] as const;
export type Role = (typeof roles)[number];

const granted: Record<Role, ReadonlySet<Permission>> = {
  admin: new Set(permissions),
  operator: new Set<Permission>(['users:read', 'jobs:read', 'jobs:write', 'ops:read', 'ops:write']),
  viewer: new Set<Permission>(['users:read', 'jobs:read', 'ops:read']),
  member: new Set(),
};

export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return granted[role];
}

/** Returns whether a caller with the permissions `own` may do everything that `other` allows. */
export function covers(own: ReadonlySet<Permission>, other: ReadonlySet<Permission>): boolean {
  return [...other].every((permission) => own.has(permission));
}

/**
 * Whether a service client may hold the permission, as a scope of its tokens. Services read what is reported or monitored; what
 * changes something is done by a person, who can be asked again who they are.
 */
const isForServices: Record<Permission, boolean> = {
  'users:read': true,
  'users:write': false,
  'users:impersonate': false,
  'jobs:read': true,
  'jobs:write': false,
  'ops:read': true,
  'ops:write': false,
  'audit:read': true,
  'services:read': false,
  'services:write': false,
};

/** The permissions that a service client may hold. */
export const servicePermissions = permissions.filter((permission) => isForServices[permission]);

/** The scopes of services: permissions, and one for each @ServiceOnly route or group of routes. A feature adds its own. */
export const serviceScopes: readonly ServiceScope[] = ['clients:self', ...servicePermissions];
export type ServiceScope = 'clients:self' | Permission;
