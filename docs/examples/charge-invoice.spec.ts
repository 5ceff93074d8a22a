import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { eventually } from '#libs/testing';
import { backends, SampleWork, startWorker, World } from '#libs/queue/testing';
import { Billing, chargeInvoice, PaymentProvider } from './charge-invoice.js';

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
  let world: World;
  let worker: INestApplicationContext;

  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    world = await World.create(backend);
    await world.rows('create table invoices (id uuid primary key, cents integer not null, receipt text)');
    const provider = new PaymentProvider(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    worker = await startWorker(world.config, [
      SampleWork, // which is declared in this process too, and needs its handlers
      Billing,
      { provide: PaymentProvider, useValue: provider },
    ]);
  });

  afterAll(async () => {
    await worker?.close();
    await world?.close();
    server.close();
  });

  it('charges once, although nobody knew whether the first try had charged', async () => {
    const invoiceId = randomUUID();
    await world.rows('insert into invoices values ($1, 4200)', [invoiceId]);
    const jobId = await world.enqueue(chargeInvoice, { invoiceId });
    const receiptOf = async () => {
      const [invoice] = await world.rows<{ receipt: string | null }>('select receipt from invoices');
      return invoice?.receipt;
    };
    const receipt = await eventually(receiptOf, { what: 'the invoice has its receipt' });
    expect(calls).toEqual([jobId, jobId]);
    expect([...receipts]).toEqual([[jobId, receipt]]);
  });
});
