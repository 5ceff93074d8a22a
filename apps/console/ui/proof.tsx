import { useSignal } from '@preact/signals';
import { client, dataOf } from '../data/client.js';
import { assertionFor, type PasskeyOptions } from '../data/passkey.js';
import { session } from '../data/session.js';
import { Failure } from './parts.js';

/** Asks again for what signing in asks for; sensitive actions are then open for ten minutes. */
export function Proof({ onProven }: { onProven: () => void }) {
  const password = useSignal('');
  const code = useSignal('');
  const error = useSignal<unknown>(undefined);
  const prove = async (body: object) => {
    try {
      session.value = dataOf(await client.POST('/v1/sudo', { body }));
      onProven();
    } catch (failure) {
      error.value = failure;
    }
  };
  const byPasskey = async () => {
    try {
      const options = dataOf(await client.POST('/v1/sudo/passkey/options')) as PasskeyOptions;
      await prove({ passkey: await assertionFor(options) });
    } catch (failure) {
      error.value = failure;
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void prove({ password: password.value, ...(code.value && { code: code.value }) });
      }}
    >
      <p>This action is sensitive. It needs your password, or your passkey, once in ten minutes.</p>
      <label>
        Password
        <input
          type="password"
          autocomplete="current-password"
          required
          value={password.value}
          onInput={(event) => (password.value = event.currentTarget.value)}
        />
      </label>
      <label>
        Code of your authenticator app, if you have one
        <input
          autocomplete="one-time-code"
          inputMode="numeric"
          value={code.value}
          onInput={(event) => (code.value = event.currentTarget.value)}
        />
      </label>
      {error.value !== undefined && <Failure error={error.value} />}
      <footer>
        <button type="button" onClick={() => void byPasskey()}>
          Use a passkey
        </button>
        <button type="submit" class="primary">
          Continue
        </button>
      </footer>
    </form>
  );
}
