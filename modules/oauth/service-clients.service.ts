import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { type ServicePrincipal } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database, newId } from '#libs/database';
import { type ExpectedVersions, isExpected, VersionStale } from '#libs/http';
import { CursorCodec, type Keyset, keysetAfter, keysetOrder, type Page } from '#libs/pagination';
import { JobsService } from '#libs/queue';
import { reportServiceChange, type ServiceReport } from './oauth.jobs.js';
import { serviceClients } from './oauth.schema.js';
import {
  type NewServiceClient,
  type ServiceClient,
  ServiceClientNotFound,
  type ServiceClientPatch,
  type ServiceClientQuery,
} from './service-clients.contract.js';

const columns = {
  id: serviceClients.id,
  name: serviceClients.name,
  scopes: serviceClients.scopes,
  jwks: serviceClients.jwks,
  status: serviceClients.status,
  version: serviceClients.version,
  created_at: serviceClients.createdAt,
  updated_at: serviceClients.updatedAt,
};

const keyset: Keyset = { column: serviceClients.createdAt, id: serviceClients.id, direction: 'asc' };

/** Manages the services that may get access tokens. A change takes effect with the next request of the service. */
@Injectable()
export class ServiceClientsService {
  constructor(
    private readonly db: Database,
    private readonly cursors: CursorCodec,
    private readonly audit: AuditLog,
    private readonly jobs: JobsService,
  ) {}

  register(input: NewServiceClient): Promise<ServiceClient> {
    return this.db.transaction(async () => {
      const [client] = await this.db.tx
        .insert(serviceClients)
        .values({ id: newId(), ...input, status: 'active' })
        .returning(columns);
      this.#record('create', client!, { ...input });
      return client!;
    });
  }

  async list({ limit, cursor }: ServiceClientQuery): Promise<Page<ServiceClient>> {
    const listing = { resource: 'service-clients', sort: 'created_at', filters: {}, limit };
    const rows = await this.db.conn
      .select(columns)
      .from(serviceClients)
      .where(keysetAfter(keyset, this.cursors.read(cursor, listing)))
      .orderBy(...keysetOrder(keyset))
      .limit(limit + 1);
    return this.cursors.page(rows, listing, ({ id, created_at }) => ({
      id,
      value: created_at,
    }));
  }

  /** Returns one client. Throws {@link ServiceClientNotFound}. */
  async get(id: string): Promise<ServiceClient> {
    const [client] = await this.db.conn.select(columns).from(serviceClients).where(eq(serviceClients.id, id));
    if (!client) throw new ServiceClientNotFound();
    return client;
  }

  /** Returns what a service may know about itself. Throws {@link ServiceClientNotFound}. */
  async describe({ id, scopes }: ServicePrincipal) {
    const { name } = await this.get(id);
    return { id, name, scopes: [...scopes] };
  }

  /** Changes a client. Throws {@link ServiceClientNotFound} or {@link VersionStale}. */
  change(id: string, patch: ServiceClientPatch, expected: ExpectedVersions): Promise<ServiceClient> {
    return this.db.transaction(async () => {
      const [client] = await this.db.tx
        .update(serviceClients)
        .set({
          ...patch,
          version: sql`${serviceClients.version} + 1`,
          updatedAt: sql`now()`,
        })
        .where(and(eq(serviceClients.id, id), isExpected(serviceClients.version, expected)))
        .returning(columns);
      if (!client) return this.#refuse(id);
      this.#record('change', client, { ...patch });
      return client;
    });
  }

  /** Removes a client. Throws {@link ServiceClientNotFound} or {@link VersionStale}. */
  remove(id: string, expected: ExpectedVersions): Promise<void> {
    return this.db.transaction(async () => {
      const [client] = await this.db.tx
        .delete(serviceClients)
        .where(and(eq(serviceClients.id, id), isExpected(serviceClients.version, expected)))
        .returning(columns);
      if (!client) return this.#refuse(id);
      this.#record('remove', client);
    });
  }

  /** Throws the reason why a conditional statement found no row. */
  async #refuse(id: string): Promise<never> {
    await this.get(id);
    throw new VersionStale();
  }

  /** Records the change, and has all administrators told. */
  #record(
    change: ServiceReport['change'],
    { id, name, scopes }: ServiceClient,
    meta: Record<string, unknown> = {},
  ): void {
    this.audit.record({ action: `service-clients.${change}`, target: `service-client:${id}`, meta });
    this.jobs.enqueue(reportServiceChange, { name, scopes, change });
  }
}
