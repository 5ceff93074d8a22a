import { theme } from '../data/theme.js';

/** The value of a token as a canvas takes it: the browser has to choose between light and dark first. */
export function colourOf(token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Calls back when the colours change; returns how to stop that. */
export function onColours(redraw: () => void): () => void {
  dark.addEventListener('change', redraw);
  const stop = theme.subscribe(() => queueMicrotask(redraw));
  return () => {
    dark.removeEventListener('change', redraw);
    stop();
  };
}
