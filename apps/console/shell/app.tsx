import { signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { sentenceOf } from '../data/client.js';
import { heading, href, navigate, path } from '../data/location.js';
import { forgetFreshness, isPaused, reloadAll } from '../data/resource.js';
import { can, isMember, mailbox, session, signOut, start, startFailure } from '../data/session.js';
import { type Command, useCommands } from '../data/shortcuts.js';
import { nextTheme, theme } from '../data/theme.js';
import { shortId } from '../data/words.js';
import { nextZone, zone } from '../data/zone.js';
import { Icon } from '../ui/icon.js';
import { Empty, Unreachable } from '../ui/parts.js';
import { Brand } from './brand.js';
import { details, routes } from './pages.js';
import { Palette, Sheet } from './palette.js';
import type { Route } from './routes.js';
import { SignIn } from './sign-in.js';
import { TopBar } from './topbar.js';

export function App() {
  useEffect(() => void start(), []);
  if (startFailure.value !== undefined)
    return (
      <Gate title="The console cannot start">
        <p>{sentenceOf(startFailure.value)}</p>
        <button type="button" class="primary" onClick={() => void start()}>
          Try again
        </button>
      </Gate>
    );
  if (session.value === undefined) return <Gate title="Loading …" />;
  if (session.value === null) return <SignIn />;
  if (isMember.value)
    return (
      <Gate title="403 · This is for operators">
        <p>
          You are signed in as {session.value.user.email}, with the role {session.value.user.role}. The
          console needs the role viewer, operator or admin; an administrator can give it to you.
        </p>
        <button type="button" onClick={() => void signOut()}>
          Sign out
        </button>
      </Gate>
    );
  return <Shell />;
}

const Gate = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <main class="gate">
    <Brand />
    <h1>{title}</h1>
    {children}
  </main>
);

const isAllowed = ({ needs }: Pick<Route, 'needs'>) => !needs || can(needs);

const overlay = signal<'palette' | 'sheet' | undefined>(undefined);

function Shell() {
  const isMenuOpen = useSignal(false);
  useCommands(globalCommands(), []);
  const close = () => (overlay.value = undefined);
  const found = findPage();
  const title = heading.value?.path === path.value ? heading.value.text : found.title;
  useEffect(() => {
    forgetFreshness();
    isMenuOpen.value = false;
  }, [path.value]);
  useEffect(() => {
    document.title = `${title} · Mainstay`;
  }, [title]);
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Sidebar isOpen={isMenuOpen.value} />
      <div>
        <TopBar
          title={title}
          parent={found.parent}
          onMenu={() => (isMenuOpen.value = !isMenuOpen.value)}
          onPalette={() => (overlay.value = 'palette')}
        />
        <main id="main" class="content" tabIndex={-1} key={path.value}>
          <Unreachable />
          {found.content}
        </main>
      </div>
      {overlay.value === 'palette' && <Palette onClose={close} />}
      {overlay.value === 'sheet' && <Sheet onClose={close} />}
    </div>
  );
}

function findPage() {
  const exact =
    path.value === '/' ? routes.find(isAllowed) : routes.find((route) => route.path === path.value);
  if (exact)
    return { title: exact.title, parent: undefined, content: isAllowed(exact) ? exact.show() : <Denied /> };
  for (const { pattern, parent, needs, show } of details) {
    const id = pattern.exec(path.value)?.[1];
    const above = routes.find((route) => route.path === parent)!;
    if (id)
      return {
        title: shortId(decodeURIComponent(id)),
        parent: above,
        content: can(needs) ? show(decodeURIComponent(id)) : <Denied />,
      };
  }
  return {
    title: 'Not found',
    parent: undefined,
    content: (
      <Empty title="There is no such page">
        <p>
          <a href={href('/')}>To the overview</a>
        </p>
      </Empty>
    ),
  };
}

const Denied = () => (
  <Empty title="403 · Your role does not allow this page">
    <p>An administrator can give you a role that does.</p>
  </Empty>
);

function Sidebar({ isOpen }: { isOpen: boolean }) {
  const isCurrent = (route: Route) =>
    path.value === route.path || (route.path !== '/' && path.value.startsWith(`${route.path}/`));
  return (
    <nav class={`sidebar ${isOpen ? 'open' : ''}`} aria-label="Pages">
      <Brand />
      <ul>
        {routes.filter(isAllowed).map((route) => (
          <li key={route.path} class={route.parent ? 'inner' : ''}>
            <a href={href(route.path)} aria-current={isCurrent(route) ? 'page' : undefined}>
              {route.title}
            </a>
          </li>
        ))}
      </ul>
      <div class="foot">
        {mailbox.value && (
          <a class="who" href={mailbox.value} target="_blank" rel="noreferrer">
            Development mailbox
          </a>
        )}
        <button type="button" class="bare" onClick={nextTheme}>
          <Icon name="sun" />
          Theme: {theme.value}
        </button>
        <button type="button" class="bare" onClick={nextZone}>
          <Icon name="queued" />
          Times: {zone.value}
        </button>
        <button type="button" class="bare" onClick={() => (overlay.value = 'sheet')}>
          <kbd>?</kbd> Keyboard
        </button>
        <button type="button" class="bare" onClick={() => void signOut()}>
          Sign out
        </button>
        <p class="who" title={session.value?.user.email}>
          {session.value?.user.email}
          <br />
          {session.value?.user.role}
        </p>
      </div>
    </nav>
  );
}

function globalCommands(): Command[] {
  return [
    ...routes.filter(isAllowed).map(({ title, keys, path: to }): Command => ({
      label: title,
      group: 'Go to',
      ...(keys && { keys }),
      run: () => navigate(to),
    })),
    { keys: 'mod+k', label: 'Find a command', group: 'Everywhere', run: () => (overlay.value = 'palette') },
    { keys: '?', label: 'Show the keys', group: 'Everywhere', run: () => (overlay.value = 'sheet') },
    {
      keys: 'p',
      label: 'Pause or resume refreshing',
      group: 'Everywhere',
      run: () => (isPaused.value = !isPaused.value),
    },
    { keys: 'r', label: 'Load again', group: 'Everywhere', run: reloadAll },
    { keys: '/', label: 'Search or filter', group: 'Everywhere', run: focusSearch },
    { label: 'Change the theme', group: 'Everywhere', run: nextTheme },
    { label: 'Show times in UTC or in the local zone', group: 'Everywhere', run: nextZone },
    { label: 'Sign out', group: 'Everywhere', run: () => void signOut() },
  ];
}

const focusSearch = () => document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus();
