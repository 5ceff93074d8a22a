import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { Database } from '#libs/database';
import { defineJob, type JobRun, ProcessJob } from '#libs/queue';

export const chargeInvoice = defineJob('example.charge-invoice', z.object({ invoiceId: z.uuid() }), {
  // Money moves outside of the database: no transaction waits for the provider.
  transactional: false,
  timeoutMs: 10_000,
});

/** The client of a payment provider. Nest's token is the class. */
export class PaymentProvider {
  constructor(private readonly url: string) {}

  /** Takes the money once for a key, however often it is called. Rejects when no answer comes. */
  async charge(key: string, cents: number, signal: AbortSignal): Promise<{ receipt: string }> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'idempotency-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ cents }),
      signal,
    });
    if (!response.ok) throw new Error(`The provider answered ${response.status}.`);
    return (await response.json()) as { receipt: string };
  }
}

/** The example of docs/jobs.md: a job with an effect outside of the database, safe to repeat after any crash. */
@Injectable()
export class BillingProcessor {
  constructor(
    private readonly db: Database,
    private readonly provider: PaymentProvider,
  ) {}

  @ProcessJob(chargeInvoice)
  async charge({ id, data, signal }: JobRun<{ invoiceId: string }>): Promise<void> {
    // 1. The row says whether something is left to do. An earlier attempt may have come as far as step 3.
    const [invoice] = await this.#findOpen(data.invoiceId);
    if (!invoice) return;
    // 2. The effect outside. `id` is the same in every attempt: one that died after this line called with the same key.
    const { receipt } = await this.provider.charge(id, invoice.cents, signal);
    // 3. The receipt, on the condition of step 1: an attempt that overtook this one has written it already.
    await this.db.conn.execute(sql`
      update invoices set receipt = ${receipt} where id = ${data.invoiceId} and receipt is null`);
  }

  async #findOpen(id: string): Promise<{ cents: number }[]> {
    const { rows } = await this.db.conn.execute<{ cents: number }>(sql`
      select cents from invoices where id = ${id} and receipt is null`);
    return rows;
  }
}
