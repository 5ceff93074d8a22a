import { useComputed } from '@preact/signals';
import { freshness, isPaused, reloadAll, second } from '../data/resource.js';
import { age as wordsOfAge } from '../data/words.js';
import { A, Status } from '../ui/parts.js';
import { Icon } from '../ui/icon.js';

/** Milliseconds: three times the slowest refresh. */
const staleAfter = 45_000;

export function TopBar({
  title,
  parent,
  onMenu,
  onPalette,
}: {
  title: string;
  parent?: { path: string; title: string } | undefined;
  onMenu: () => void;
  onPalette: () => void;
}) {
  return (
    <header class="topbar">
      <button type="button" class="bare burger" aria-label="Navigation" onClick={onMenu}>
        <Icon name="menu" />
      </button>
      {parent && (
        <A to={parent.path} class="crumb">
          {parent.title}
        </A>
      )}
      <h1>{title}</h1>
      <div class="right">
        <Freshness />
        <button
          type="button"
          class="small"
          aria-pressed={isPaused.value}
          onClick={() => (isPaused.value = !isPaused.value)}
        >
          <Icon name={isPaused.value ? 'play' : 'paused'} />
          <span>{isPaused.value ? 'Resume' : 'Pause'}</span>
        </button>
        <button type="button" class="small wide-only" onClick={onPalette}>
          <Icon name="search" />
          Commands
        </button>
      </div>
    </header>
  );
}

/** How old what the page shows is. It speaks up only when that is no longer what it seems. */
function Freshness() {
  const age = useComputed(() => {
    const { loadedAt } = freshness.value;
    return loadedAt === undefined ? undefined : Math.max(0, second.value - loadedAt);
  }).value;
  const isStale = freshness.value.isStale || (age !== undefined && age > staleAfter && !isPaused.value);
  if (isStale)
    return (
      <span class="freshness" role="status">
        <Status tone="warning" icon="warning">
          {age === undefined ? 'No data' : `Stale, ${wordsOfAge(age)} old`}
        </Status>
      </span>
    );
  if (age === undefined) return <span class="freshness" />;
  return (
    <span class="freshness">
      <button type="button" class="bare small" onClick={reloadAll} title="Load again (r)">
        {isPaused.value ? 'Paused, ' : ''}
        {age < 2000 ? 'updated now' : `${wordsOfAge(age)} old`}
      </button>
    </span>
  );
}
