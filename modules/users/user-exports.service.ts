import { Injectable } from '@nestjs/common';
import { and, count, eq } from 'drizzle-orm';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { type Keyset, keysetAfter, keysetOrder } from '#libs/pagination';
import { type JobOutcome, type JobRun, JobsService } from '#libs/queue';
import { csvLines } from './csv/csv-lines.js';
import { assertOwnerStillAuthorized } from './job-authorization.js';
import { exportUsers } from './users.jobs.js';
import { type ExportRequest } from './users.contract.js';
import { users } from './users.schema.js';

/** The number of rows per query. The worker holds one page of rows in memory. */
const pageRows = 1000;

/** Bytes, about ten million users. The limit keeps a mistake from filling the database. */
const maxExportBytes = 1024 * 1024 * 1024;

const columns = { email: users.email, name: users.name, role: users.role };
const byId: Keyset = { column: users.id, id: users.id, direction: 'asc' };

type Row = { email: string; name: string; role: string };
type Filter = ExportRequest['filter'];

const formats = {
  csv: {
    mediaType: 'text/csv; charset=utf-8',
    head: csvLines([Object.keys(columns)]),
    lines: (rows: Row[]) => csvLines(rows.map(({ email, name, role }) => [email, name, role])),
  },
  ndjson: {
    mediaType: 'application/x-ndjson',
    head: '',
    lines: (rows: Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  },
};

/** Writes users into a file that the client downloads as the result of the operation. */
@Injectable()
export class UserExportsService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly audit: AuditLog,
  ) {}

  request(request: ExportRequest) {
    return this.db.transaction(async () => {
      const { id } = await this.jobs.enqueueOperation(exportUsers, request);
      // Only the names of the filter's fields are recorded, because an event stays for ever and an address should not.
      const meta = { format: request.format, filter: Object.keys(request.filter) };
      this.audit.record({ action: 'users.export', target: `job:${id}`, meta });
      return { id, state: 'queued' as const };
    });
  }

  /** Writes the export. An interrupted run leaves a staged file, which the sweep deletes; the next run writes its own. */
  async run(run: JobRun<ExportRequest>): Promise<JobOutcome> {
    const { format } = run.data;
    const { mediaType } = formats[format];
    const name = `users.${format}`;
    return run.stage(this.#content(run), { mediaType, name, maxBytes: maxExportBytes });
  }

  async *#content(run: JobRun<ExportRequest>): AsyncGenerator<Buffer> {
    const { head, lines } = formats[run.data.format];
    const [total] = await this.db.conn
      .select({ count: count() })
      .from(users)
      .where(matching(run.data.filter));
    let done = 0;
    yield Buffer.from(head);
    for await (const rows of this.#pages(run.data.filter)) {
      await assertOwnerStillAuthorized(this.db, run.ownerId, 'users:read');
      run.signal.throwIfAborted();
      yield Buffer.from(lines(rows.map(({ email, name, role }) => ({ email, name, role }))));
      done += rows.length;
      await run.progress(done, Math.max(done, total?.count ?? 0));
    }
  }

  async *#pages(filter: Filter) {
    for (let after: string | undefined; ;) {
      const position = after === undefined ? undefined : { value: after, id: after };
      const rows = await this.db.conn
        .select({ id: users.id, ...columns })
        .from(users)
        .where(and(matching(filter), keysetAfter(byId, position)))
        .orderBy(...keysetOrder(byId))
        .limit(pageRows);
      if (rows.length > 0) yield rows;
      after = rows.at(-1)?.id;
      if (rows.length < pageRows) return;
    }
  }
}

function matching({ email, status, role }: Filter) {
  return and(
    email === undefined ? undefined : eq(users.email, email),
    status === undefined ? undefined : eq(users.status, status),
    role === undefined ? undefined : eq(users.role, role),
  );
}
