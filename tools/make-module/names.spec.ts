import { expect, it } from '@jest/globals';
import { namesOf } from './names.js';

it('gives a feature one name for each place', () => {
  expect(namesOf('purchase-orders')).toEqual({
    module: 'purchase-orders',
    table: 'purchase_orders',
    many: 'purchaseOrders',
    one: 'purchaseOrder',
    Many: 'PurchaseOrders',
    One: 'PurchaseOrder',
    words: { many: 'purchase orders', one: 'purchase order' },
  });
});

it.each([
  ['invoices', 'invoice'],
  ['cases', 'case'],
  ['categories', 'category'],
  ['ties', 'tie'],
  ['addresses', 'address'],
  ['branches', 'branch'],
  ['tax-boxes', 'taxBox'],
])('knows what one of the %s is', (plural, one) => {
  expect(namesOf(plural).one).toBe(one);
});

it('takes the singular of an irregular noun from its caller', () => {
  expect(namesOf('people', 'person').One).toBe('Person');
  for (const noun of ['people', 'invoice', 'status', 'glass', 'analysis'])
    expect(() => namesOf(noun)).toThrow('does not look like a plural');
});

it.each(['Invoices', 'invoice_items', 'invoices2', '-invoices', 'invoices-', '../users', ''])(
  'refuses "%s"',
  (name) => {
    expect(() => namesOf(name)).toThrow('is not a module name');
  },
);

it('refuses a singular that is none', () => {
  for (const singular of ['people', 'Person', 'a person'])
    expect(() => namesOf('people', singular)).toThrow('cannot be the singular');
});
