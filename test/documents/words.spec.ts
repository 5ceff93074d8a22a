import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/**
 * Words that were replaced by the field's own, each with what stands there now. They must not come back in code, SQL, the API,
 * metrics or guides; decisions (docs/adr) and the changelog tell history and may name them.
 */
const replaced: [pattern: RegExp, now: string][] = [
  [/\bpromised_at\b/, 'enqueued_at'],
  [/\bhandovers?\b|\bHandOver\b|\bhand-over\b/i, 'dispatched message, MessageDispatcher'],
  [/\blaneOf\b|\bwidthOf\b|"lane"|\bthe lane of\b/, 'partition, partition key, concurrency limit'],
  [/\bputBack\b/, 'requeue'],
  [/\bgiven-up\b|\bhanded-back\b|\bpostponed\b/, 'failed, released, snoozed'],
  [/\bsettle(Harmless|IfOver|ments?)\b|\bSettlements\b/, 'complete, JobCompleter'],
  [/\bbury\b|\bburial\b|\bburied\b/, 'move to the dead letters'],
  [/\bLostMessages\b/, 'LostMessageRecovery'],
  [/\bWakeUp\b/, 'OutboxNotifier'],
  [/\bBell\b/, 'PeriodicTask.wake()'],
  [/\bQueueSteering\b/, 'QueueControlSync'],
  [/\bQueueRunner\b/, 'WorkerRunner'],
  [/\bOperationRecord\b/, 'OperationStore'],
  [/\bLostRun\b/, 'StaleAttemptError'],
  [/\bEnvelope\b/, 'MessageData'],
  [/\bVerdict\b/, 'FailureAction'],
  [/\bHousekeeping\b/i, 'FailedJobSweep'],
  [/\bScheduleRegister\b/, 'ScheduleRegistry'],
  [/\bhold(User|Owner)\b/, 'lockUserShared, lockOwner'],
  [/\bSecretCookies\b/, 'AuthCookies'],
  [/\bSignInWays\b/, 'SignInMethods'],
  [/\bCeremonies\b/, 'WebAuthnChallenges'],
  [/\bDenialsFilter\b(?<!AccessDenialsFilter)/, 'AccessDenialsFilter'],
  [/\b(find)?[lL]inkSecret\b/, 'deriveLinkToken, findLinkToken'],
  [/\bNotices?\b|\bwordsOf\b/, 'notification, renderNotification'],
  [/\bdemandStillMay\b/, 'assertOwnerStillAuthorized'],
  [/\bretention\.forget\b/, 'retention.addRule'],
  [/\bparticulars\b/i, 'options'],
  [/\bNeedsIfMatch\b|@Versioned\(|@Located\(/, 'RequireIfMatch, WithETag, LocationHeader'],
  [/\bRequiredProof\b/, 'AuthenticationRequirement'],
  [/\bApiAdapter\b/, 'HttpAdapter'],
  [/\bgiveBack\b|\bforgive(Account)?\b/, 'refund'],
  [/\bDepartureView\b|\bcomeBack\b|\bdepart\(/, 'AuthorizationUrlView, handleCallback, beginAuthorization'],
  [/kind: 'bug'/, "'internal'"],
  [/\bdiscardWork\b/, 'rollbackToStart'],
  [/\byardstick\b/i, 'baseline'],
];

const places = [
  '{apps,bench,commands,docs,libs,modules,test,tools}/**/*.{ts,mjs,md}',
  'drizzle/*.sql',
  '{README,CONTRIBUTING,AGENTS}.md',
  'openapi.json',
];
const history = /^docs\/adr\/|^test\/documents\/words\.spec\.ts$/;

const files = globSync(places).filter((path) => !history.test(path));

describe('the words of the field', () => {
  it('are looked for in every kind of file', () => {
    for (const ending of ['.ts', '.md', '.sql', '.json'])
      expect(files.filter((path) => path.endsWith(ending)).length).toBeGreaterThan(0);
  });

  it.each(replaced)('%s does not come back: it is %s', (pattern) => {
    const found = files.flatMap((path) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
    );
    expect(found).toEqual([]);
  });
});
