import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type Command, commands } from '../data/shortcuts.js';
import { Dialog } from '../ui/dialog.js';

const isMac = navigator.platform.startsWith('Mac');

const Keys = ({ of }: { of: string }) => (
  <span>
    {of.split(' ').map((key, index) => (
      <kbd key={index}>{key.replace('mod+', isMac ? '⌘' : 'Ctrl ').replace('Escape', 'Esc')}</kbd>
    ))}
  </span>
);

/** Every command of the page by its words. */
export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const text = useSignal('');
  const chosen = useSignal(0);
  useLayoutEffect(() => dialog.current!.showModal(), []);
  const found = useComputed(() => {
    const words = text.value.toLowerCase().split(/\s+/);
    return commands.value.filter(({ label, group }) =>
      words.every((word) => `${group} ${label}`.toLowerCase().includes(word)),
    );
  }).value;
  const at = Math.min(chosen.value, found.length - 1);
  const run = (command: Command | undefined) => {
    onClose();
    command?.run();
  };
  const step = (by: number) => (chosen.value = (at + by + found.length) % Math.max(1, found.length));
  return (
    <dialog ref={dialog} class="palette" aria-label="Commands" onClose={onClose}>
      <input
        role="combobox"
        aria-label="Find a command"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[at] && `command-${at}`}
        placeholder="Type a command or the name of a page"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') step(1);
          else if (event.key === 'ArrowUp') step(-1);
          else if (event.key === 'Enter') run(found[at]);
          else return;
          event.preventDefault();
        }}
      />
      <ul id="palette-list" role="listbox" aria-label="Commands">
        {found.map((command, index) => (
          <li
            key={command.label}
            id={`command-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => run(command)}
          >
            {command.group === 'Go to' ? `Go to ${command.label}` : command.label}
            {command.keys && <Keys of={command.keys} />}
          </li>
        ))}
      </ul>
    </dialog>
  );
}

/** The keys of this page: the registry, printed. */
export function Sheet({ onClose }: { onClose: () => void }) {
  const groups = Map.groupBy(
    commands.value.filter(({ keys }) => keys),
    ({ group }) => group,
  );
  return (
    <Dialog title="Keyboard" isWide onClose={onClose}>
      <div class="body sheet">
        {[...groups].map(([group, list]) => (
          <section key={group}>
            <h3>{group}</h3>
            <ul>
              {list.map((command) => (
                <li key={command.label}>
                  {command.label}
                  <Keys of={command.keys!} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
