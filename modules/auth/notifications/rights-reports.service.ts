import { Injectable } from '@nestjs/common';
import { and, eq, notInArray } from 'drizzle-orm';
import { Database } from '#libs/database';
import { type JobRun, JobsService } from '#libs/queue';
import { hasLink } from '#libs/mail';
import type { ServiceReport } from '#modules/oauth';
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

/** Tells the owners of accounts and all active administrators of changes by administrators, to accounts and services. */
@Injectable()
export class RightsReportsService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
  ) {}

  /** Enqueues one mail for each owner and administrator. Needs a transaction. */
  async report({ ownerId, data }: JobRun<RightsReport>): Promise<void> {
    const actor = await this.#findActor(ownerId);
    const mail = { kind: 'rights-changed' as const, detail: describe(data, actor) };
    // Only administrators learn of the other accounts.
    for (const email of data.emails) {
      const detail = describe({ ...data, emails: [email] }, actor);
      this.jobs.enqueue(sendNotification, { ...mail, to: { email }, detail });
    }
    await this.#notifyAdmins(mail, data.emails);
  }

  /** Enqueues a mail to each active administrator about a service. Needs a transaction. */
  async reportService({ ownerId, data }: JobRun<ServiceReport>): Promise<void> {
    const detail = describeService(data, await this.#findActor(ownerId));
    await this.#notifyAdmins({ kind: 'service-changed', detail });
  }

  async #notifyAdmins(
    mail: { kind: 'rights-changed' | 'service-changed'; detail: string },
    except: string[] = [],
  ): Promise<void> {
    const admins = await this.db.tx
      .select({ userId: users.id })
      .from(users)
      .where(and(eq(users.role, 'admin'), eq(users.status, 'active'), notInArray(users.email, except)))
      .limit(maxAdministrators);
    for (const to of admins) this.jobs.enqueue(sendNotification, { ...mail, to });
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

const serviceSentences: Record<ServiceReport['change'], (scopes: string) => string> = {
  create: (scopes) => `It can get access tokens with the keys that were registered. Its scopes: ${scopes}.`,
  change: (scopes) => `Its name, scopes, keys or status were changed. Its scopes from now on: ${scopes}.`,
  remove: (scopes) => `It was removed, and its tokens no longer work. Its scopes were: ${scopes}.`,
};

function describeService({ name, scopes, change }: ServiceReport, actor: string): string {
  const service = hasLink(name) ? 'a service whose name contains a link' : `the service ${name}`;
  return `Changed by ${actor}: ${service}.\n${serviceSentences[change](scopes.join(', '))}`;
}
