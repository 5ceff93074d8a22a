import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { eventually } from '#libs/testing';
import { backends, startWorker, TestEnvironment } from '#libs/queue/testing';
import { BillingProcessor, chargeInvoice, PaymentProvider } from './charge-invoice.js';

/** A payment provider: it charges once for each key, and its first answer to each key gets lost on the way. */
function createProvider() {
  const receipts = new Map<string, string>();
  const calls: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const key = String(request.headers['idempotency-key']);
    const isFirst = !receipts.has(key);
    if (isFirst) receipts.set(key, randomUUID());
    calls.push(key);
    if (isFirst) response.destroy();
    else response.end(JSON.stringify({ receipt: receipts.get(key) }));
  });
  return { server, receipts, calls };
}

describe.each(backends)('a job that charges money outside of the database (%s)', (backend) => {
  const { server, receipts, calls } = createProvider();
  let env: TestEnvironment;
  let worker: INestApplicationContext;

  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    env = await TestEnvironment.create(backend);
    await env.rows('create table invoices (id uuid primary key, cents integer not null, receipt text)');
    const provider = new PaymentProvider(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    worker = await startWorker(env.config, {
      providers: [BillingProcessor, { provide: PaymentProvider, useValue: provider }],
    });
  });

  afterAll(async () => {
    await worker?.close();
    await env?.close();
    server.close();
  });

  it('charges once, although the answer to the first attempt was lost', async () => {
    const invoiceId = randomUUID();
    await env.rows('insert into invoices values ($1, 4200)', [invoiceId]);
    const jobId = await env.enqueue(chargeInvoice, { invoiceId });
    const receiptOf = async () => {
      const [invoice] = await env.rows<{ receipt: string | null }>('select receipt from invoices');
      return invoice?.receipt;
    };
    const receipt = await eventually(receiptOf, { what: 'the invoice has its receipt' });
    expect(calls).toEqual([jobId, jobId]);
    expect([...receipts]).toEqual([[jobId, receipt]]);
  });
});
