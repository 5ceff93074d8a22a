import { type Column, valuesFrom } from '../columns.js';
import type { Names } from '../names.js';

export function service({ module, table, many, Many, One }: Names, columns: readonly Column[]): string {
  return `import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { Database, newId } from '#libs/database';
import { CursorCodec, type Keyset, keysetAfter, keysetOrder, type Page } from '#libs/pagination';
import { JobsService } from '#libs/queue';
import { type ${One}, ${One}NotFound, type ${One}Query, type New${One} } from './${module}.contract.js';
import { prepare${One} } from './${module}.jobs.js';
import { ${many} } from './${module}.schema.js';

/** A row as the view shows it: what a query selects is what a caller sees. */
const columns = {
  id: ${many}.id,
  ${columns.map(({ name, property }) => `${name}: ${many}.${property},`).join('\n  ')}
  status: ${many}.status,
  version: ${many}.version,
  created_at: ${many}.createdAt,
  updated_at: ${many}.updatedAt,
};

const newestFirst: Keyset = { column: ${many}.createdAt, id: ${many}.id, direction: 'desc' };

const owned = eq(${many}.ownerId, sql.placeholder('ownerId'));

@Injectable()
export class ${Many}Service {
  readonly #byId;
  readonly #firstPage;
  readonly #nextPage;

  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly cursors: CursorCodec,
  ) {
    this.#byId = db.conn
      .select(columns)
      .from(${many})
      .where(and(eq(${many}.id, sql.placeholder('id')), owned))
      .prepare('${table}_by_id');
    this.#firstPage = this.#page(false).prepare('${table}_first_page');
    this.#nextPage = this.#page(true).prepare('${table}_next_page');
  }

  /** Makes it and enqueues what follows, or does neither. */
  create(ownerId: string, new${One}: New${One}): Promise<${One}> {
    const id = newId();
    return this.db.transaction(async () => {
      const [row] = await this.db.tx
        .insert(${many})
        .values({ id, ownerId, ${valuesFrom(`new${One}`, columns)} })
        .returning(columns);
      this.jobs.enqueue(prepare${One}, { id });
      return row!;
    });
  }

  /** Throws {@link ${One}NotFound}, also for what belongs to another user. */
  async get(ownerId: string, id: string): Promise<${One}> {
    const [row] = await this.#byId.execute({ id, ownerId });
    if (!row) throw new ${One}NotFound();
    return row;
  }

  async list(ownerId: string, { limit, cursor }: ${One}Query): Promise<Page<${One}>> {
    const listing = { resource: '${module}', sort: '-created_at', filters: {}, limit };
    const after = this.cursors.read(cursor, listing);
    const rows = await (after
      ? this.#nextPage.execute({ ownerId, value: after.value, after: after.id, rows: limit + 1 })
      : this.#firstPage.execute({ ownerId, rows: limit + 1 }));
    return this.cursors.page(rows, listing, (row) => ({ value: row.created_at, id: row.id }));
  }

  /** Finishes what the creation began. Once it is ready, or when it is gone, there is nothing left to do. */
  async prepare(id: string): Promise<void> {
    await this.db.conn
      .update(${many})
      .set({ status: 'ready', version: sql\`\${${many}.version} + 1\`, updatedAt: sql\`now()\` })
      .where(and(eq(${many}.id, id), eq(${many}.status, 'pending')));
  }

  #page(hasCursor: boolean) {
    const position = hasCursor ? { value: sql.placeholder('value'), id: sql.placeholder('after') } : undefined;
    return this.db.conn
      .select(columns)
      .from(${many})
      .where(and(owned, keysetAfter(newestFirst, position)))
      .orderBy(...keysetOrder(newestFirst))
      .limit(sql.placeholder('rows'));
  }
}
`;
}
