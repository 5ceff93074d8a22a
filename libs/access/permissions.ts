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
 * The scopes of services: one for each @ServiceOnly route or group of routes, and those permissions that a service can have as
 * well. A feature adds its own.
 */
export const serviceScopes = ['clients:self', 'ops:read'] as const;
export type ServiceScope = (typeof serviceScopes)[number];

/** Returns whether a service can have this permission, as a scope of the same name. */
export function isServicePermission(permission: Permission): boolean {
  return serviceScopes.some((scope) => scope === permission);
}
