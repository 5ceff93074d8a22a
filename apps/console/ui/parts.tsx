import { useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { isUnreachable, sentenceOf } from '../data/client.js';
import { freshness, reloadAll, type Resource, second } from '../data/resource.js';
import { ago, shortId, instant } from '../data/words.js';
import { heading, href, path } from '../data/location.js';
import { Icon, type IconName } from './icon.js';

export type Tone = 'neutral' | 'active' | 'good' | 'bad' | 'warning';

export const Status = ({
  tone,
  icon,
  children,
}: {
  tone: Tone;
  icon: IconName;
  children: ComponentChildren;
}) => (
  <span class={`status ${tone}`}>
    <Icon name={icon} />
    {children}
  </span>
);

const stateLooks: Record<string, [tone: Tone, icon: IconName]> = {
  queued: ['neutral', 'queued'],
  dispatched: ['neutral', 'dispatched'],
  running: ['active', 'running'],
  succeeded: ['good', 'good'],
  failed: ['bad', 'bad'],
  cancelled: ['neutral', 'cancelled'],
  paused: ['warning', 'paused'],
  active: ['good', 'good'],
  invited: ['neutral', 'queued'],
  disabled: ['neutral', 'cancelled'],
  success: ['good', 'good'],
  failure: ['bad', 'bad'],
  denied: ['warning', 'cancelled'],
  up: ['good', 'good'],
  ok: ['good', 'good'],
  degraded: ['warning', 'warning'],
  down: ['bad', 'bad'],
  stale: ['warning', 'warning'],
  gone: ['bad', 'bad'],
  stopped: ['neutral', 'cancelled'],
};

export function State({ of, plain = false }: { of: string; plain?: boolean }) {
  const [tone, icon] = stateLooks[of] ?? ['neutral', 'dispatched'];
  return (
    <Status tone={plain ? 'neutral' : tone} icon={icon}>
      {of}
    </Status>
  );
}

/** An age that grows by itself; the exact time is its title, and what a copy takes. */
export function Time({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
  const words = useComputed(() => (second.value, at ? ago(at) : ''));
  if (!at) return <span class="quiet">–</span>;
  return (
    <time dateTime={at} title={instant(at)}>
      {exact ? instant(at) : words}
    </time>
  );
}

export const A = ({
  to,
  children,
  ...rest
}: {
  to: string;
  children: ComponentChildren;
  class?: string;
  title?: string;
}) => (
  <a href={href(to)} {...rest}>
    {children}
  </a>
);

export const Id = ({ of, to }: { of: string; to?: string }) =>
  to ? (
    <A to={to} class="id" title={of}>
      {shortId(of)}
    </A>
  ) : (
    <span class="id" title={of}>
      {shortId(of)}
    </span>
  );

export function Copy({ text, label }: { text: string; label: string }) {
  const isDone = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    isDone.value = true;
    setTimeout(() => (isDone.value = false), 1500);
  };
  return (
    <button type="button" class="small" onClick={() => void copy()}>
      <Icon name="copy" />
      {isDone.value ? 'Copied' : label}
    </button>
  );
}

/** What stands where nothing is: it says why, and what to try. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p class="title">{title}</p>
    {children}
  </div>
);

const Alert = ({ retry, children }: { retry?: (() => void) | undefined; children: ComponentChildren }) => (
  <div class="banner bad" role="alert">
    <Icon name="bad" />
    <p>{children}</p>
    {retry && (
      <button type="button" class="small" onClick={retry}>
        Try again
      </button>
    )}
  </div>
);

/** Why something failed. Of the parts of a page that cannot be loaded because nobody answers, {@link Unreachable} speaks for all. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  if (retry && isUnreachable(error))
    return freshness.value.loadedAt === undefined ? <p class="nothing">Not loaded</p> : null;
  return <Alert retry={retry}>{sentenceOf(error)}</Alert>;
}

export function Unreachable() {
  if (!freshness.value.isUnreachable) return null;
  return (
    <Alert retry={reloadAll}>
      The API does not answer.{' '}
      {freshness.value.loadedAt === undefined
        ? 'This page asks again every few seconds.'
        : 'What stands here is what it said last; this page asks again every few seconds.'}
    </Alert>
  );
}

export const Loading = () => (
  <p class="loading" role="status">
    Loading …
  </p>
);

/** What stands in place of a resource, or above what it gave last: that it loads, or why it could not. */
export function LoadState({ of: { data, error, reload } }: { of: Omit<Resource<unknown>, 'isLoading'> }) {
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  return data === undefined ? <Loading /> : null;
}

export const Facts = ({ children }: { children: ComponentChildren }) => <dl class="facts">{children}</dl>;

export const Fact = ({
  name,
  isWide = false,
  children,
}: {
  name: string;
  /** Takes a line of its own. */
  isWide?: boolean;
  children: ComponentChildren;
}) => (
  <div class={isWide ? 'wide' : ''}>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** The first line of the page of one thing: what can be done with it. Its name goes to the heading. */
export function Subject({ name, children }: { name: string; children?: ComponentChildren }) {
  useEffect(() => {
    heading.value = { path: path.value, text: name };
  }, [name]);
  return <div class="actions">{children}</div>;
}

export const Section = ({
  title,
  children,
  aside,
}: {
  title: string;
  children: ComponentChildren;
  aside?: ComponentChildren;
}) => (
  <section>
    <header class="section">
      <h2>{title}</h2>
      {aside}
    </header>
    {children}
  </section>
);
