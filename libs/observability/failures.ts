import { createHash } from 'node:crypto';
import { sqlState } from '#libs/database';
import { Problem } from '#libs/problem';

/** Failures of one cause since they were last taken. */
export interface FailureGroup {
  /** The same for the same cause in every process and release. */
  fingerprint: string;
  source: 'request' | 'job';
  /** The pattern of the route or the name of the job. */
  name: string;
  code: string;
  /** Our own functions, the innermost first. */
  frames: string[];
  count: number;
  /** The users who met it, the first hundred. */
  users: Set<string>;
  lastRequestId: string | undefined;
  lastTraceId: string | undefined;
}

export interface Failure extends Pick<FailureGroup, 'source' | 'name'> {
  error: unknown;
  userId: string | undefined;
  requestId: string | undefined;
  traceId: string | undefined;
}

/** Groups that wait to be taken, and users of one group. What would come after them is counted in a group for all the rest. */
const maxGroups = 200;
const maxUsers = 100;

/** Frames that tell one cause from another: with more of them every caller of a broken function would be a cause of its own. */
const maxFrames = 3;

let groups = new Map<string, FailureGroup>();

/** Counts a failure that is our fault or a dependency's. It keeps no message, because that may hold data of a user. */
export function recordFailure({ source, name, error, userId, requestId, traceId }: Failure): void {
  const code = codeOf(error);
  const frames = ownFrames(error);
  const fingerprint = fingerprintOf([source, name, code, ...frames]);
  const isFull = groups.size >= maxGroups && !groups.has(fingerprint);
  const cause = isFull
    ? { fingerprint: fingerprintOf(['rest']), source, name: 'other', code: 'other', frames: [] }
    : { fingerprint, source, name, code, frames };
  add({
    ...cause,
    count: 1,
    users: new Set(userId === undefined ? [] : [userId]),
    lastRequestId: requestId,
    lastTraceId: traceId,
  });
}

/** Returns what was recorded since the last call. Who cannot keep it gives it back with {@link returnFailures}. */
export function takeFailures(): FailureGroup[] {
  const taken = [...groups.values()];
  groups = new Map();
  return taken;
}

export function returnFailures(taken: readonly FailureGroup[]): void {
  const later = takeFailures();
  for (const group of [...taken, ...later]) add(group);
}

function add(group: FailureGroup): void {
  const known = groups.get(group.fingerprint);
  if (!known) {
    groups.set(group.fingerprint, group);
    return;
  }
  known.count += group.count;
  for (const user of group.users) if (known.users.size < maxUsers) known.users.add(user);
  known.lastRequestId = group.lastRequestId ?? known.lastRequestId;
  known.lastTraceId = group.lastTraceId ?? known.lastTraceId;
}

/** Returns a name for the cause: a code of ours, an SQLSTATE, a code of Node, or the class. */
export function codeOf(error: unknown): string {
  if (error instanceof Problem) return error.code;
  const state = sqlState(error);
  if (state) return `SQLSTATE ${state}`;
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? code : error.constructor.name;
}

/** `at Type.method (…/modules/users/users.service.ts:12:34)`; the file is ours when the path has one of our folders in it. */
const frame = /^ +at (?:async )?(?:(.+?) \()?.*?((?:apps|commands|libs|modules)\/[\w./-]+?)\.[cm]?[jt]s:\d+/;

/** Returns our own innermost frames, without what a release changes: lines, and where the code was built to. */
function ownFrames(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const lines = stack.split('\n').filter((line) => !line.includes('node_modules'));
  return lines
    .flatMap((line) => {
      const [, name = 'anonymous', file] = frame.exec(line) ?? [];
      return file === undefined ? [] : [`${name.replaceAll(/^new |\[as .*\]$/g, '').trim()} ${file}`];
    })
    .slice(0, maxFrames);
}

/** 16 bytes: two causes never have the same one by chance. */
function fingerprintOf(parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}
