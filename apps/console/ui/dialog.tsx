import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { codeOf } from '../data/client.js';
import { Icon } from './icon.js';
import { Failure } from './parts.js';
import { Proof } from './proof.js';

/** A native dialog: it keeps the focus inside, closes with Escape and gives the focus back. */
export function Dialog({
  title,
  onClose,
  children,
  isWide = false,
}: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  isWide?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the browser draws: keys that are pressed at once belong to the dialog.
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current!.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class={isWide ? 'wide' : ''} aria-label={title} onClose={onClose}>
      <header>
        <h2>{title}</h2>
        <button type="button" class="bare" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

/**
 * Asks before an action, mostly for its reason, which the audit log keeps. An action that is sensitive asks for a proof of the
 * identity first and is then done.
 */
export function ActionDialog({
  title,
  action,
  isDangerous = false,
  needsReason = true,
  isWide = false,
  onClose,
  children,
  run,
}: {
  title: string;
  action: string;
  isDangerous?: boolean;
  needsReason?: boolean;
  isWide?: boolean;
  onClose: () => void;
  children?: ComponentChildren;
  run: (reason: string) => Promise<unknown>;
}) {
  const reason = useSignal('');
  const error = useSignal<unknown>(undefined);
  const isBusy = useSignal(false);
  const needsProof = useSignal(false);
  const submit = async () => {
    isBusy.value = true;
    try {
      await run(reason.value.trim());
      onClose();
    } catch (failure) {
      if (codeOf(failure) === 'access.sudo-required') needsProof.value = true;
      else error.value = failure;
    } finally {
      isBusy.value = false;
    }
  };
  if (needsProof.value)
    return (
      <Dialog title="Prove that it is you" onClose={onClose}>
        <Proof
          onProven={() => {
            needsProof.value = false;
            void submit();
          }}
        />
      </Dialog>
    );
  return (
    <Dialog title={title} isWide={isWide} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
        {needsReason && (
          <label>
            Reason, for the audit log
            <input
              name="reason"
              value={reason.value}
              onInput={(event) => (reason.value = event.currentTarget.value)}
              required
              minLength={3}
              maxLength={500}
              autocomplete="off"
            />
          </label>
        )}
        {error.value !== undefined && <Failure error={error.value} />}
        <footer>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={isDangerous ? 'danger' : 'primary'} disabled={isBusy.value}>
            {action}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
