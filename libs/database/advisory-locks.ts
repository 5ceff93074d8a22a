/**
 * The keys of all advisory locks that transactions take, each of which serialises one kind of work over all processes. A key has
 * no meaning; it must only differ from the others. The lock of a migration has a hashed text as its key, see migrator.ts.
 */
export const advisoryLocks = {
  /** Changes that could take the last administrator away. */
  lastAdmin: 71_001,
  adminBootstrap: 71_002,
  signingKeyRotation: 71_003,
  auditSealing: 71_004,
  /** Counting the mails to one address. The second key of this lock is a hash of the address. */
  limitedMails: 71_005,
  /** Comparing the schedules of the code with their table: "sche" in ASCII. */
  scheduleRegistry: 0x73636865,
  /** Removing failed jobs from the queues: "jobs" in ASCII. */
  failedJobSweep: 0x6a6f6273,
} as const;
