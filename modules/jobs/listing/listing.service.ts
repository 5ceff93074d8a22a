import { Injectable } from '@nestjs/common';
import { CursorCodec, type Page } from '#libs/pagination';
import { declaredJobs, findJob, JobReader, type JobRow, type JobRowFilter } from '#libs/queue';
import { argumentOf, type JobItem, type JobItemQuery } from './listing.contract.js';

/** Lists jobs for operators: of every kind and owner, with a bounded cost whatever the filter. */
@Injectable()
export class ListingService {
  constructor(
    private readonly jobs: JobReader,
    private readonly cursors: CursorCodec,
  ) {}

  async list({ limit, cursor, ...filters }: JobItemQuery): Promise<Page<JobItem> & { search: Search }> {
    const listing = { resource: 'jobs', sort: '-id', filters, limit };
    const before = this.cursors.read(cursor, listing)?.id;
    const { rows, searched, next, total } = await this.jobs.search(filterOf(filters), before, limit);
    // The last job that was looked at may not have matched, and the next page goes on behind it.
    const { page } =
      next === undefined ? lastPage : this.cursors.page([next, next], { ...listing, limit: 1 }, place);
    return { data: rows.map(itemOf), page, search: { searched, of: Math.round(total) } };
  }
}

interface Search {
  searched: number;
  of: number;
}

const lastPage = { page: { next_cursor: null, has_more: false } };
const place = (id: string) => ({ value: id, id });

function filterOf(query: Omit<JobItemQuery, 'limit' | 'cursor'>): JobRowFilter {
  const { name, queue, state, owner, text, argument } = query;
  const names = name === undefined ? namesOf(queue) : [name];
  const time = (given: string | undefined) => (given === undefined ? undefined : new Date(given));
  return {
    ...(names && { names }),
    ...(state && { state }),
    ...(owner && { owner }),
    ...(text && { text }),
    ...(argument && { argument: argumentOf(argument) }),
    started: { over: time(query.started_after), upTo: time(query.started_before) },
    finished: { over: time(query.finished_after), upTo: time(query.finished_before) },
    waited: { over: query.waited_over, upTo: query.waited_up_to },
    ran: { over: query.ran_over, upTo: query.ran_up_to },
  };
}

/** Jobs know their queue by their definition: rows of operations do not have it. */
function namesOf(queue: string | undefined): string[] | undefined {
  if (queue === undefined) return undefined;
  return declaredJobs().flatMap((job) => (job.queue === queue ? [job.name] : []));
}

export function itemOf(row: JobRow): JobItem {
  const { id, name, is_operation, dead_letter_id, code, detail } = row;
  return {
    id,
    type: name,
    queue: findJob(name)?.queue ?? null,
    state: row.state,
    owner_id: row.owner,
    attempts: row.attempts,
    progress: { done: row.done, total: row.total },
    created_at: new Date(row.created_at),
    started_at: dateOf(row.started_at),
    finished_at: dateOf(row.finished_at),
    error: code === null && detail === null ? null : { code, detail },
    links: {
      self: `/v1/job-inspections/${id}`,
      ...(is_operation && { job: `/v1/jobs/${id}` }),
      ...(dead_letter_id && { dead_letter: `/v1/dead-letters/${dead_letter_id}` }),
    },
  };
}

const dateOf = (text: string | null) => (text === null ? null : new Date(text));
