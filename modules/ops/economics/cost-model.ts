import type { Prices } from '#libs/config';

/** Hours of a month in every price and estimate: a twelfth of a year of 365 days. */
export const hoursOfMonth = 730;

const gib = 2 ** 30;

/** The use above which waiting times grow faster than the load. What 10 times the traffic needs is bought up to here. */
const targetUse = 0.7;

export interface Usage {
  cpuSeconds: number;
  databaseSeconds: number;
  bytes: number;
}

export interface Cost {
  cpu: number;
  database: number;
  egress: number;
  total: number;
}

/** Returns what was used, at the prices of what was bought. Unused time costs nothing here. */
export function costOf({ cpuSeconds, databaseSeconds, bytes }: Usage, prices: Prices): Cost {
  const cpu = (cpuSeconds / 3600) * prices.cpu.per_core_hour;
  const database = (databaseSeconds / 3600) * prices.database.per_core_hour;
  const egress = (bytes / gib) * prices.egress.per_gib;
  return { cpu, database, egress, total: cpu + database + egress };
}

export interface Bill extends Cost {
  storage: number;
  fixed: number;
}

/** What some hours are billed, used or not. */
export interface Bought {
  hours: number;
  storageBytes: number;
  sentBytes: number;
  cpuCores: number;
  databaseCores: number;
}

/** Returns the bill of some hours: cores are paid for whether they work or not. */
export function billOf(bought: Bought, prices: Prices): Bill {
  const { hours, storageBytes, sentBytes, cpuCores, databaseCores } = bought;
  const months = hours / hoursOfMonth;
  const cpu = cpuCores * hours * prices.cpu.per_core_hour;
  const database = databaseCores * hours * prices.database.per_core_hour;
  const egress = (sentBytes / gib) * prices.egress.per_gib;
  const storage = (storageBytes / gib) * months * prices.storage.per_gib_month;
  const fixed = months * prices.fixed_per_month;
  return { cpu, database, egress, storage, fixed, total: cpu + database + egress + storage + fixed };
}

export interface Share {
  provided: number;
  used: number;
  requests: number;
  jobs: number;
  unattributed: number;
  idle: number;
}

/** Returns who used what was bought, in seconds. What nobody is known to have used is said, and spread over nobody. */
export function shareOf(provided: number, used: number, requests: number, jobs: number): Share {
  return {
    provided,
    used,
    requests,
    jobs,
    unattributed: Math.max(0, used - requests - jobs),
    idle: Math.max(0, provided - used),
  };
}

/** Returns the cores for so many times the load of now, and never fewer than there are. */
export function coresFor(times: number, { used, provided }: Share, cores: number): number {
  const busy = provided === 0 ? 0 : (used / provided) * cores;
  return Math.max(cores, Math.ceil((busy * times) / targetUse));
}

/**
 * Returns how many users pay for the installation as it was bought, or null when no number of them does: each must bring more than
 * its traffic costs.
 */
export function breakEvenUsers(bill: Bill, users: number, revenue: number): number | null {
  const perUser = users === 0 ? 0 : bill.egress / users;
  const margin = revenue - perUser;
  return margin > 0 ? Math.ceil((bill.total - bill.egress) / margin) : null;
}

/** The parts of a budget at which somebody is told. ops/prometheus/rules.yml has the same. */
const alertsAt = [1, 0.8, 0.5] as const;
export type BudgetAlert = (typeof alertsAt)[number];

/** Returns the highest threshold that has been reached, or null. */
export function budgetAlert(used: number): BudgetAlert | null {
  return alertsAt.find((threshold) => used >= threshold) ?? null;
}

/** Returns the calendar month of a time in UTC, whatever the time zones of the process and of the database are. */
export function monthOf(time: Date): { begin: Date; end: Date } {
  const [year, month] = [time.getUTCFullYear(), time.getUTCMonth()];
  return { begin: new Date(Date.UTC(year, month)), end: new Date(Date.UTC(year, month + 1)) };
}
