import { Injectable } from '@nestjs/common';
import { and, eq, inArray, not } from 'drizzle-orm';
import { Database } from '#libs/database';
import { type JobRun, JobsService } from '#libs/queue';
import { type RightsReport, users } from '#modules/users';
import { reasonText } from './notification-texts.js';
import { sendNotification } from './notifications.jobs.js';

/** The administrators who are told at most. An installation has a few, and every list has a bound. */
const maxAdministrators = 1000;

const sentences: Record<RightsReport['changes'][number], (role: string) => string> = {
  role: (role) => `The role is ${role} from now on.`,
  name: () => 'The name was changed.',
  active: () => 'The account can be used from now on.',
  disabled: () => 'The account was disabled.',
  deleted: () => 'The account was deleted.',
  'signed-out': () => 'All sessions were ended.',
  'second-factors': () =>
    'The authenticator app, all passkeys and the recovery codes were removed, and all sessions were ended.',
};

/** Tells the owners of accounts and all active administrators of changes by administrators. */
@Injectable()
export class RightsReportsService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
  ) {}

  /** Enqueues one mail for each of them. Needs a transaction. */
  async report({ ownerId, data }: JobRun<RightsReport>): Promise<void> {
    const actor = await this.#findActor(ownerId);
    const isOther = not(inArray(users.email, data.emails));
    const admins = await this.db.tx
      .select({ userId: users.id })
      .from(users)
      .where(and(eq(users.role, 'admin'), eq(users.status, 'active'), isOther))
      .limit(maxAdministrators);
    // Only administrators learn of the other accounts.
    for (const email of data.emails) this.#notify({ email }, { ...data, emails: [email] }, actor);
    for (const to of admins) this.#notify(to, data, actor);
  }

  #notify(to: { email: string } | { userId: string }, report: RightsReport, actor: string): void {
    this.jobs.enqueue(sendNotification, { to, kind: 'rights-changed', detail: describe(report, actor) });
  }

  async #findActor(id: string | undefined): Promise<string> {
    const [actor] = id
      ? await this.db.tx.select({ email: users.email }).from(users).where(eq(users.id, id))
      : [];
    return actor?.email ?? 'an administrator';
  }
}

function describe({ emails, role, changes, reason }: RightsReport, actor: string): string {
  const accounts = `Changed by ${actor}: the account of ${emails.join(', ')}.`;
  const why = reason === undefined ? [] : [reasonText(reason)];
  return [accounts, ...changes.map((change) => sentences[change](role)), ...why].join('\n');
}
