import { type Signal, signal, useSignal } from '@preact/signals';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { codeOf, isUnreachable } from './client.js';
import { endSession } from './session.js';

/** Milliseconds between two looks at data that changes. */
export const often = 5000;
export const seldom = 15_000;

/** Refreshing stops everywhere: one key, and whenever nobody looks at the page. */
export const isPaused = signal(false);

interface Freshness {
  loadedAt: number | undefined;
  isStale: boolean;
  /** Nobody answers: one sentence for the whole page says so. */
  isUnreachable: boolean;
}

const nothingLoaded: Freshness = { loadedAt: undefined, isStale: false, isUnreachable: false };

/** What the page shows now: when its oldest part was loaded, and whether loading it again fails. */
export const freshness = signal(nothingLoaded);
export const forgetFreshness = () => (freshness.value = nothingLoaded);

const reloads = new Set<() => void>();
export const reloadAll = () => reloads.forEach((reload) => reload());

export interface Resource<T> {
  data: T | undefined;
  error: unknown;
  isLoading: boolean;
  reload: () => void;
}

/**
 * Loads what a page shows, again when `key` changes, and again after `every` milliseconds. When a repetition fails the old data
 * stays, and the page says that it is old. `hold` may keep an answer back, so that a list does not move under its reader.
 */
export function useResource<T>(
  key: string,
  load: () => Promise<T>,
  { every, hold }: { every?: number; hold?: (next: T) => boolean } = {},
): Resource<T> {
  const data = useSignal<{ key: string; value: T } | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const isLoading = useSignal(true);
  const latest = useRef({ key, load, hold, turn: 0 });
  Object.assign(latest.current, { key, load, hold });

  const reload = useCallback(async (isRepetition: boolean) => {
    const current = latest.current;
    const turn = ++current.turn;
    const asked = current.key;
    isLoading.value = true;
    try {
      const value = await current.load();
      if (turn !== current.turn) return;
      freshness.value = { loadedAt: Date.now(), isStale: false, isUnreachable: false };
      error.value = undefined;
      if (!isRepetition || !current.hold?.(value)) data.value = { key: asked, value };
    } catch (failure) {
      if (turn !== current.turn) return;
      if (codeOf(failure) === 'access.authentication-required') endSession();
      error.value = failure;
      freshness.value = { ...freshness.value, isStale: true, isUnreachable: isUnreachable(failure) };
    } finally {
      if (turn === current.turn) isLoading.value = false;
    }
  }, []);

  useEffect(() => {
    void reload(false);
    const again = () => void reload(false);
    reloads.add(again);
    const timer = every
      ? setInterval(() => {
          // A slow server is not asked again before it has answered: its answer would come too late for ever.
          const isIdle = !isLoading.peek();
          if (isIdle && !isPaused.value && document.visibilityState === 'visible') void reload(true);
        }, every)
      : undefined;
    return () => {
      reloads.delete(again);
      clearInterval(timer);
      latest.current.turn += 1;
    };
  }, [key, every]);

  return {
    data: data.value?.key === key ? data.value.value : undefined,
    error: error.value,
    isLoading: isLoading.value,
    reload: useCallback(() => void reload(false), []),
  };
}

/** The present second, for ages: one clock for the whole page. */
export const second: Signal<number> = signal(Date.now());
setInterval(() => (second.value = Date.now()), 1000);
