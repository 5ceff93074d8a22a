import type { Permission } from './permissions.js';

/**
 * Says what the owner of a job may do now, for jobs that act with the rights of their owner. Nest's token for the implementation of
 * the feature that knows the users.
 */
export abstract class OwnerPermissions {
  /**
   * Returns no permission for an owner who is disabled or gone, or when there is none. In a transaction the permissions stay
   * unchanged until its end.
   */
  abstract of(ownerId: string | undefined): Promise<ReadonlySet<Permission>>;
}
