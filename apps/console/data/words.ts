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

/** `850 ms`, `12 s`, `5 min`, `3 h`, `2 d`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const whole = ms / 1000;
  const [, unit, size] = seconds.find(([limit]) => whole < limit)!;
  const value = whole / size;
  return `${value < 10 && size === 1 ? value.toFixed(1) : Math.floor(value)} ${unit}`;
}

export function ago(time: string): string {
  const age = serverNow() - Date.parse(time);
  if (age < 0) return age > -2000 ? 'now' : `in ${duration(-age)}`;
  return age < 1000 ? 'now' : `${duration(age)} ago`;
}

/** `2026-11-27 18:04:05 UTC`: what everybody who looks at an incident reads the same. */
export const utc = (time: string) => `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;

/** The same in the zone that the person has chosen. The clock of the wall stands with its distance from UTC. */
export function instant(time: string): string {
  if (zone.value === 'UTC') return utc(time);
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

const digits = (value: number) =>
  value > 0 && value < 0.01
    ? '< 0.01'
    : value === 0 || Math.abs(value) >= 100
      ? count(value)
      : value.toLocaleString('en', { maximumSignificantDigits: 3 });
