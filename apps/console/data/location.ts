import { computed, signal } from '@preact/signals';

/** The address without the part that every page shares. The query is the filter: it is all that a page remembers. */
const base = '/console';

const address = signal(location.pathname + location.search);
addEventListener('popstate', () => (address.value = location.pathname + location.search));

export const path = computed(() => {
  const { pathname } = new URL(address.value, location.origin);
  return pathname.slice(base.length).replace(/\/$/, '') || '/';
});
export const query = computed(() => new URL(address.value, location.origin).searchParams);

/** What a page of one thing is called, as soon as it knows; until then its id stands there. */
export const heading = signal<{ path: string; text: string } | undefined>(undefined);

export const href = (to: string) => base + (to === '/' ? '' : to);

export function navigate(to: string, { replace = false } = {}): void {
  const next = href(to);
  if (next === address.value) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', next);
  address.value = location.pathname + location.search;
  if (!replace) scrollTo(0, 0);
}

/** The address of this page with other filters. An empty value removes one; a cursor belongs to one list and goes. */
export function withFilters(changes: Record<string, string | null | undefined>): string {
  const next = new URLSearchParams(query.value);
  next.delete('cursor');
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const text = next.toString();
  return path.value + (text && `?${text}`);
}

/** Links within the console change the page without loading it; all others are left to the browser. */
addEventListener('click', (event) => {
  const link = (event.target as Element).closest?.('a');
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || link.target || link.origin !== location.origin || event.defaultPrevented) return;
  if (link.pathname !== base && !link.pathname.startsWith(`${base}/`)) return;
  event.preventDefault();
  navigate(link.pathname.slice(base.length) + link.search || '/');
});
