import { serverNow } from './client.js';
import { zone } from './zone.js';

const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
export const count = (value: number) => counts.format(value);

const seconds: [limit: number, unit: string, size: number][] = [
  [60, 's', 1],
  [3600, 'min', 60],
  [86_400, 'h', 3600],
  [Infinity, 'd', 86_400],
];

/** `850 ms`, `1.5 s`, `12 s`, `5 min`, `3 h`, `2 d`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const whole = ms / 1000;
  const [, unit, size] = seconds.find(([limit]) => whole < limit)!;
  const value = whole / size;
  const isExact = value >= 10 || size > 1 || Number.isInteger(value);
  return `${isExact ? Math.floor(value) : value.toFixed(1)} ${unit}`;
}

/** Of an age nobody needs parts of a second. */
export const age = (ms: number) => duration(Math.max(1, Math.floor(ms / 1000)) * 1000);

export function ago(time: string): string {
  const ms = serverNow() - Date.parse(time);
  if (ms < 0) return ms > -2000 ? 'now' : `in ${age(-ms)}`;
  return ms < 1000 ? 'now' : `${age(ms)} ago`;
}

/** `2026-11-27 18:04:05 UTC`: what everybody who looks at an incident reads the same. */
export const utc = (time: string) => `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;

/** Of the same, what the axis of a chart has room for. */
export const clock = (time: string) => time.slice(11, 16);
export const day = (time: string) => time.slice(5, 10);

/**
 * The same in the zone that the person has chosen. The clock of the wall stands with its distance from UTC. What is no time, as an
 * address may say, stays as it is.
 */
export function instant(time: string): string {
  if (zone.value === 'UTC' || !Date.parse(time)) return utc(time);
  const east = -new Date(time).getTimezoneOffset();
  const wall = new Date(Date.parse(time) + east * 60_000).toISOString();
  const [hours, minutes] = [Math.floor(Math.abs(east) / 60), Math.abs(east) % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${wall.slice(0, 10)} ${wall.slice(11, 19)} ${east < 0 ? '-' : '+'}${hours}:${minutes}`;
}

export const shortId = (id: string) => (id.length > 13 ? `…${id.slice(-8)}` : id);

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  const power = Math.min(4, Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** power;
  return `${scaled < 10 ? scaled.toFixed(1) : Math.round(scaled)} ${'KMGT'[power - 1]}B`;
}

export const plural = (value: number, one: string, many = `${one}s`) =>
  `${count(value)} ${value === 1 ? one : many}`;

/** A figure in the unit of its metric: seconds, bytes, shares, or the counted thing in braces. */
export function figure(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '–';
  if (unit === 's') return duration(value * 1000);
  if (unit === 'By') return bytes(value);
  if (unit === '1') return `${digits(value * 100)} %`;
  return digits(value) + unit.replace(/^\{[^}]*\}/, '');
}

/** A share with so many digits after the point: figures below each other are compared by them. */
export const percent = (value: number | null, places = 2) =>
  value === null ? '–' : `${(value * 100).toFixed(places)} %`;

const digits = (value: number) =>
  value > 0 && value < 0.01
    ? '< 0.01'
    : value === 0 || Math.abs(value) >= 100
      ? count(value)
      : value.toLocaleString('en', { maximumSignificantDigits: 3 });
