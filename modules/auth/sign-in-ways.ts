import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { defineProblem } from '#libs/problem';
import { credentials } from './auth.schema.js';
import { passkeys } from './passkeys/passkeys.schema.js';

class LastWayToSignIn extends defineProblem({
  kind: 'conflict',
  code: 'auth.last-way-to-sign-in',
  title: 'This is the last way to sign in',
  help: 'Without it nobody could use the account again. Set a password or add a passkey first.',
}) {}

/** Everything that can begin a session. What removes one of them asks here whether another one is left. */
@Injectable()
export class SignInWays {
  constructor(private readonly db: Database) {}

  /** To be asked after the removal, in its transaction and with the user locked. Throws {@link LastWayToSignIn}. */
  async assertOneLeft(userId: string): Promise<void> {
    const ways = [
      this.db.tx
        .select({ one: sql`1` })
        .from(credentials)
        .where(sql`${credentials.userId} = ${userId}`),
      this.db.tx
        .select({ one: sql`1` })
        .from(passkeys)
        .where(sql`${passkeys.userId} = ${userId}`),
    ].map((way) => sql`exists (${way})`);
    const { rows } = await this.db.tx.execute(sql`select ${sql.join(ways, sql` or `)} as "isLeft"`);
    if (rows[0]?.isLeft !== true) throw new LastWayToSignIn();
  }
}
