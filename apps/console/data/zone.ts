import { effect, signal } from '@preact/signals';

export const zones = ['UTC', 'local'] as const;
export type Zone = (typeof zones)[number];

const place = 'console-zone';
const stored = localStorage.getItem(place);

/** In which zone exact times are told: UTC, which everybody reads the same, unless the person has chosen the clock on their wall. */
export const zone = signal<Zone>(zones.find((name) => name === stored) ?? 'UTC');

effect(() => localStorage.setItem(place, zone.value));

export const nextZone = () => (zone.value = zone.value === 'UTC' ? 'local' : 'UTC');
