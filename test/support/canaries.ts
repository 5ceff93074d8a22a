import type pg from 'pg';

/** Secrets that were used, and the look-out for them where none may stand. */
export class Canaries {
  readonly #planted = new Map<string, string>();

  /** Remembers a secret under a name that says what it was, and returns it. */
  plant(name: string, secret: string): string {
    if (secret.length < 15) throw new Error(`Too short to be found for certain: ${name}`);
    this.#planted.set(`${name} ${this.#planted.size + 1}`, secret);
    return secret;
  }

  get size(): number {
    return this.#planted.size;
  }

  /** The names of those that stand in a text, also encoded as logs, URLs and dumps do. */
  in(text: string): string[] {
    const folded = fold(text);
    return [...this.#planted]
      .filter(([, secret]) => spellings(secret).some((spelling) => folded.includes(fold(spelling))))
      .map(([name]) => name);
  }
}

/** JSON, also JSON within JSON, and rows of Postgres escape quotes, each in its way. */
const fold = (text: string) => text.toLowerCase().replaceAll(/[\\"]/g, '');

function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll('%20', '+'),
    bytes.toString('hex'),
    // The last characters depend on what stands behind it.
    bytes.toString('base64').replace(/.?.?=*$/, ''),
    bytes.toString('base64url').replace(/..$/, ''),
  ];
}

/** Every row of every table, one a line: as text, and what is bytes also as the text that it may be. */
export async function dumpOf(pool: pg.Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const dumps: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t`);
    dumps.push(...rows.map(({ row }) => `${name} ${row} ${bytesIn(row)}`));
  }
  return dumps.join('\n');
}

const bytesIn = (row: string) =>
  [...row.matchAll(/\\x([\da-f]+)/g)].map(([, hex]) => Buffer.from(hex!, 'hex').toString('latin1')).join(' ');
