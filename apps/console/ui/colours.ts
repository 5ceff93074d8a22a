import { theme } from '../data/theme.js';

/** The value of a token as a canvas takes it: the browser has to choose between light and dark first. */
export function colourOf(token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${token})`;
  // The tokens know the colours that a person has chosen; the browser would make all of them one.
  probe.style.setProperty('forced-color-adjust', 'none');
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const schemes = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => matchMedia(query));

/** Calls back when the colours change; returns how to stop that. */
export function onColours(redraw: () => void): () => void {
  for (const scheme of schemes) scheme.addEventListener('change', redraw);
  const stop = theme.subscribe(() => queueMicrotask(redraw));
  return () => {
    for (const scheme of schemes) scheme.removeEventListener('change', redraw);
    stop();
  };
}
