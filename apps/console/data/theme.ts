import { effect, signal } from '@preact/signals';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const place = 'console-theme';
const stored = localStorage.getItem(place);

export const theme = signal<Theme>(themes.find((name) => name === stored) ?? 'system');

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  localStorage.setItem(place, theme.value);
});

export const nextTheme = () => (theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length]!);
