import { z } from 'zod';
import { roles } from '#libs/access';
import { defineJob } from '#libs/queue';
import { userFilter } from './users.contract.js';

/** Asks a person to choose a password. auth, which owns the credentials, handles the job. */
export const inviteUser = defineJob('users.invite', z.object({ userId: z.uuid() }), {
  queue: 'mail',
  transactional: false,
});

const rightsChanges = [
  'role',
  'name',
  'active',
  'disabled',
  'deleted',
  'signed-out',
  'second-factors',
] as const;

/** The accounts that one report names at most, so that its payload stays below 64 KiB. */
export const maxReportedAccounts = 100;

/**
 * Tells the owners of the accounts and all administrators that somebody gave rights, or changed or closed an account that has
 * rights. It carries addresses, because a deleted account has none. auth, which sends notifications, handles the job.
 */
export const reportRightsChange = defineJob(
  'users.report-rights-change',
  z.object({
    emails: z.array(z.string()).min(1).max(maxReportedAccounts),
    // The role after the change.
    role: z.enum(roles),
    changes: z.array(z.enum(rightsChanges)).min(1),
    // In the words of whoever made the change.
    reason: z.string().optional(),
  }),
);
export type RightsReport = z.output<(typeof reportRightsChange)['schema']>;

/**
 * Fifteen minutes, because 50 MB are about a million rows, at 2000 a second or more. Two of one owner run at a time, so that nobody
 * takes every worker.
 */
const bulk = {
  queue: 'bulk',
  timeoutMs: 15 * 60_000,
  transactional: false,
  operation: true,
  maxRunningPerOwner: 2,
} as const;
export const importUsers = defineJob(
  'users.import',
  // The roles that the requester could grant at that time.
  z.object({ fileId: z.uuid(), roles: z.array(z.enum(roles)) }),
  { ...bulk, needs: 'users:write' },
);
export type ImportOrder = z.output<(typeof importUsers)['schema']>;
export const exportUsers = defineJob(
  'users.export',
  z.object({ format: z.enum(['csv', 'ndjson']), filter: userFilter }),
  { ...bulk, needs: 'users:read', editable: ['format'] },
);
