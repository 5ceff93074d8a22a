import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { href, navigate, query, withFilters } from '../data/location.js';
import { Icon } from './icon.js';

export const Filters = ({ children }: { children: ComponentChildren }) => (
  <search class="filters">{children}</search>
);

/** Milliseconds after the last letter: a word is one search. */
const typingPause = 350;

/** A filter that is typed. It is in the address, as every filter is. */
export function TextFilter({
  name,
  label,
  isSearch = false,
  list,
  pattern,
}: {
  name: string;
  label: string;
  isSearch?: boolean;
  list?: readonly string[];
  /** As long as the text is not like this it is not looked for. */
  pattern?: string;
}) {
  const given = query.value.get(name) ?? '';
  const text = useSignal(given);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    text.value = given;
  }, [given]);
  const apply = () => {
    clearTimeout(timer.current);
    navigate(withFilters({ [name]: text.peek().trim() }), { replace: true });
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <form
      class={isSearch ? 'search' : ''}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      {isSearch && <Icon name="search" />}
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={text.value}
        {...(list && { list: `${name}-values` })}
        {...(pattern && { pattern, title: label })}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          clearTimeout(timer.current);
          if (event.currentTarget.validity.valid) timer.current = setTimeout(apply, typingPause);
        }}
      />
      {list && (
        <datalist id={`${name}-values`}>
          {list.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
    </form>
  );
}

export function ChoiceFilter({
  name,
  label,
  values,
  none = `${label}: any`,
}: {
  name: string;
  label: string;
  values: readonly (string | readonly [value: string, words: string])[];
  /** What it says while nothing is chosen. */
  none?: string;
}) {
  return (
    <select
      aria-label={label}
      value={query.value.get(name) ?? ''}
      onChange={(event) => navigate(withFilters({ [name]: event.currentTarget.value }))}
    >
      <option value="">{none}</option>
      {values.map((entry) => {
        const [value, words] = typeof entry === 'string' ? [entry, entry] : entry;
        return (
          <option key={value} value={value}>
            {words}
          </option>
        );
      })}
    </select>
  );
}

/** One filter as a row of links, each of which is an address. */
export function Tabs({ name, label, values }: { name: string; label: string; values: readonly string[] }) {
  const current = query.value.get(name) ?? '';
  return (
    <nav class="tabs" aria-label={label}>
      {['', ...values].map((value) => (
        <a
          key={value}
          href={href(withFilters({ [name]: value }))}
          aria-current={value === current ? 'true' : undefined}
        >
          {value || 'all'}
        </a>
      ))}
    </nav>
  );
}

/** A filter that was not typed but came with a link: what it says, and a way to be rid of it. */
export const Chip = ({ names, children }: { names: readonly string[]; children: string }) => (
  <a
    class="chip"
    href={href(withFilters(Object.fromEntries(names.map((name) => [name, null]))))}
    aria-label={`Without: ${children}`}
  >
    {children}
    <Icon name="close" />
  </a>
);

/** The filters of the address that a list knows, for its request. */
export function filtersOf<Name extends string>(...names: Name[]): Partial<Record<Name, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = query.value.get(name);
      return value ? [[name, value]] : [];
    }),
  ) as Partial<Record<Name, string>>;
}
