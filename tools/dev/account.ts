import { hash } from '@node-rs/argon2';
import type pg from 'pg';
import type { Role } from '#libs/access';
import { newId } from '#libs/database';

/** The floor that ARGON2_MEMORY_KIB and ARGON2_PASSES allow; a sign-in renews the hash where the configuration asks for more. */
const cheapest = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * An open account with this role and password, whatever was there before. It is written as SQL because no service of the
 * application gives an account to somebody who has not proven the address, and none should.
 */
export async function ensureAccount(
  pool: pg.Pool,
  { email, password, role }: { email: string; password: string; role: Role },
): Promise<void> {
  await pool.query(
    `with account as (
       insert into users (id, email, name, role, status) values ($1, $2, 'Administrator', $3, 'active')
       on conflict (email) do update
         set role = excluded.role, status = 'active', version = users.version + 1, updated_at = now()
       returning id
     )
     insert into credentials (user_id, password_hash) select id, $4 from account
     on conflict (user_id) do update set password_hash = excluded.password_hash`,
    [newId(), email, role, await hash(password, cheapest)],
  );
}
