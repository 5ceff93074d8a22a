import { Injectable } from '@nestjs/common';
import { and, eq, type Placeholder, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { CursorCodec, type Keyset, keysetAfter, keysetOrder, type Page } from '#libs/pagination';
import type { User, UserQuery, userSorts } from './users.contract.js';
import { userColumns } from './users.queries.js';
import { users } from './users.schema.js';

type Sort = (typeof userSorts)[number];
type Filter = Pick<UserQuery, 'email' | 'status' | 'role'>;

const filters = ['email', 'status', 'role'] as const;

/** Lists the users, page by page. */
@Injectable()
export class UserDirectoryService {
  /** One prepared statement for each combination of sort, cursor and filters; 64 at most. */
  readonly #statements = new Map<string, ReturnType<UserDirectoryService['prepare']>>();

  constructor(
    private readonly db: Database,
    private readonly cursors: CursorCodec,
  ) {}

  async list({ limit, cursor, sort, ...filter }: UserQuery): Promise<Page<User>> {
    const listing = { resource: 'users', sort, filters: filter, limit };
    const after = this.cursors.read(cursor, listing);
    const statement = this.#statement(sort, after !== undefined, filter);
    const rows = await statement.execute({
      ...filter,
      value: after?.value,
      after: after?.id,
      rows: limit + 1,
    });
    return this.cursors.page(rows, listing, (user) => ({
      value: isByName(sort) ? user.name : user.created_at,
      id: user.id,
    }));
  }

  #statement(sort: Sort, hasCursor: boolean, filter: Filter) {
    const used = filters.filter((name) => filter[name] !== undefined);
    const form = ['users', sort, hasCursor ? 'after' : 'first', ...used].join('_');
    let statement = this.#statements.get(form);
    if (!statement) {
      statement = this.prepare(form, sort, hasCursor, used);
      this.#statements.set(form, statement);
    }
    return statement;
  }

  private prepare(form: string, sort: Sort, hasCursor: boolean, used: readonly (keyof Filter)[]) {
    const keyset: Keyset = {
      column: isByName(sort) ? users.name : users.createdAt,
      id: users.id,
      direction: sort.startsWith('-') ? 'desc' : 'asc',
    };
    const position = hasCursor
      ? { value: sql.placeholder('value'), id: sql.placeholder('after') }
      : undefined;
    const conditions = used.map((name) =>
      eq(users[name], sql.placeholder(name) as Placeholder<string, never>),
    );
    return this.db.conn
      .select(userColumns)
      .from(users)
      .where(and(...conditions, keysetAfter(keyset, position)))
      .orderBy(...keysetOrder(keyset))
      .limit(sql.placeholder('rows'))
      .prepare(form);
  }
}

function isByName(sort: Sort): boolean {
  return sort.endsWith('name');
}
