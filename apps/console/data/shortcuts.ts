import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** A thing that can be done by keyboard. The same list feeds the keys, the palette and the sheet. */
export interface Command {
  /** One key, or two that are pressed one after the other: `g j`. `mod+k` is ⌘K or Ctrl+K. */
  keys?: string;
  label: string;
  group: 'Go to' | 'This page' | 'Everywhere';
  run: () => void;
}

export const commands = signal<readonly Command[]>([]);

/** Milliseconds in which the second key of a pair has to follow. */
const pairLimit = 1200;

/** Offers these commands while the component is shown. */
export function useCommands(own: readonly Command[], dependencies: readonly unknown[]): void {
  useEffect(() => {
    commands.value = [...commands.peek(), ...own];
    return () => {
      commands.value = commands.peek().filter((command) => !own.includes(command));
    };
  }, dependencies);
}

let pending: { key: string; at: number } | undefined;

addEventListener('keydown', (event) => {
  const pressed = `${event.metaKey || event.ctrlKey ? 'mod+' : ''}${event.key}`;
  if (event.altKey || event.defaultPrevented) return;
  const isModified = pressed.startsWith('mod+');
  // Keys belong to whoever types, and to an open dialog.
  if (!isModified && (isTyping(event.target) || document.querySelector('dialog[open]'))) return;
  const pair = pending && event.timeStamp - pending.at < pairLimit ? `${pending.key} ${pressed}` : undefined;
  pending = undefined;
  const command = (pair && newest((keys) => keys === pair)) || newest((keys) => keys === pressed);
  if (command) {
    event.preventDefault();
    command.run();
  } else if (commands.value.some(({ keys }) => keys?.startsWith(`${pressed} `))) {
    pending = { key: pressed, at: event.timeStamp };
  }
});

/** Of two commands with the same keys, the page's own. */
const newest = (matches: (keys: string) => boolean) =>
  commands.value.findLast(({ keys }) => keys !== undefined && matches(keys));

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
