import { describe, expect, it } from '@jest/globals';
import { billOf, breakEvenUsers, budgetAlert, coresFor, costOf, monthOf, shareOf } from './cost-model.js';

const prices = {
  currency: 'EUR',
  cpu: { cores: 2, per_core_hour: 0.02 },
  database: { cores: 1, per_core_hour: 0.04 },
  storage: { per_gib_month: 0.12 },
  egress: { per_gib: 0.01 },
  fixed_per_month: 5,
  revenue_per_user_month: 1,
  isExample: false,
};
const gib = 2 ** 30;

describe('the cost model', () => {
  it('prices what was used', () => {
    const cost = costOf({ cpuSeconds: 1800, databaseSeconds: 900, bytes: 3 * gib }, prices);
    expect(cost.cpu).toBeCloseTo(0.01);
    expect(cost.database).toBeCloseTo(0.01);
    expect(cost.egress).toBeCloseTo(0.03);
    expect(cost.total).toBeCloseTo(0.05);
  });

  it('bills what was bought, used or not', () => {
    const bought = { storageBytes: 10 * gib, sentBytes: 100 * gib, cpuCores: 2, databaseCores: 1 };
    const month = billOf({ ...bought, hours: 730 }, prices);
    expect(month).toMatchObject({ cpu: 29.2, database: 29.2, egress: 1, fixed: 5 });
    expect(month.storage).toBeCloseTo(1.2);
    expect(month.total).toBeCloseTo(65.6);
    expect(billOf({ ...bought, hours: 0 }, prices).total).toBe(1);
  });

  it('says what nobody is known to have used, and what nobody used', () => {
    expect(shareOf(100, 30, 20, 4)).toMatchObject({ unattributed: 6, idle: 70 });
    // Statements that wait beside each other are busy for longer than the cores.
    expect(shareOf(10, 30, 20, 15)).toMatchObject({ unattributed: 0, idle: 0 });
  });

  it('buys cores for ten times the load up to the target, and never gives any back', () => {
    expect(coresFor(10, shareOf(200, 20, 0, 0), 2)).toBe(3);
    expect(coresFor(10, shareOf(200, 140, 0, 0), 2)).toBe(20);
    expect(coresFor(10, shareOf(200, 1, 0, 0), 2)).toBe(2);
    expect(coresFor(10, shareOf(0, 0, 0, 0), 2)).toBe(2);
  });

  it('breaks even when each user brings more than its traffic costs', () => {
    const bill = { cpu: 20, database: 20, storage: 5, fixed: 5, egress: 10, total: 60 };
    expect(breakEvenUsers(bill, 100, 0.6)).toBe(100);
    expect(breakEvenUsers(bill, 100, 0.1)).toBeNull();
    expect(breakEvenUsers({ ...bill, egress: 0, total: 50 }, 0, 1)).toBe(50);
    expect(breakEvenUsers(bill, 0, 0)).toBeNull();
  });

  it.each([
    ['2026-03-01T00:00:00Z', '2026-03-01', '2026-04-01'],
    ['2026-11-30T23:59:59.999Z', '2026-11-01', '2026-12-01'],
    ['2027-12-31T23:30:00Z', '2027-12-01', '2028-01-01'],
  ])('counts %s to a month of UTC', (time, begin, end) => {
    expect(monthOf(new Date(time))).toEqual({ begin: new Date(begin), end: new Date(end) });
  });

  it.each([
    [0.49, null],
    [0.5, 0.5],
    [0.8, 0.8],
    [0.999, 0.8],
    [1, 1],
    [3, 1],
  ])('of a budget used to %d it tells %p', (used, alert) => expect(budgetAlert(used)).toBe(alert));
});
