import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { client, dataOf } from '../data/client.js';
import { href, path, query } from '../data/location.js';
import { assertionFor, type PasskeyOptions } from '../data/passkey.js';
import { openidReturns, type Session, session } from '../data/session.js';
import { Failure } from '../ui/parts.js';
import { Brand } from './brand.js';

interface Provider {
  name: string;
  label: string;
}

/** Signs in by password and second factor, by passkey or by a provider, and continues where the person wanted to go. */
export function SignIn() {
  const error = useSignal<unknown>(undefined);
  const methods = useSignal<readonly string[] | undefined>(undefined);
  const providers = useSignal<readonly Provider[]>([]);

  useEffect(() => {
    document.title = 'Sign in · Mainstay';
    if (!openidReturns.value) return;
    client.GET('/v1/auth/oidc').then(
      (answer) => (providers.value = dataOf(answer).data),
      () => undefined,
    );
  }, []);

  const attempt = async (work: () => Promise<void>) => {
    error.value = undefined;
    try {
      await work();
    } catch (failure) {
      // The person closed the browser's own dialog.
      if (!(failure instanceof DOMException && failure.name === 'NotAllowedError')) error.value = failure;
    }
  };
  const byPassword = (email: string, password: string) =>
    attempt(async () => {
      const answer = dataOf(await client.POST('/v1/sessions', { body: { email, password } }));
      if ('methods' in answer) methods.value = answer.methods;
      else session.value = answer as Session;
    });
  const byPasskey = () =>
    attempt(async () => {
      const options = dataOf(await client.POST('/v1/sessions/passkey/options')) as PasskeyOptions;
      const passkey = await assertionFor(options);
      session.value = dataOf(await client.POST('/v1/sessions/passkey', { body: { passkey } as never }));
    });

  return (
    <main class="gate">
      <Brand />
      {methods.value ? (
        <SecondFactor methods={methods.value} attempt={attempt} />
      ) : (
        <>
          <h1>Sign in to the console</h1>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              const form = new FormData(event.currentTarget);
              void byPassword(textIn(form, 'email'), textIn(form, 'password'));
            }}
          >
            <label>
              E-mail address
              <input name="email" type="email" autocomplete="username webauthn" required autofocus />
            </label>
            <label>
              Password
              <input name="password" type="password" autocomplete="current-password" required />
            </label>
            {error.value !== undefined && <Failure error={error.value} />}
            <button type="submit" class="primary">
              Sign in
            </button>
          </form>
          <p class="or">or</p>
          <button type="button" onClick={() => void byPasskey()}>
            Use a passkey
          </button>
          {providers.value.map(({ name, label }) => (
            <a key={name} class="button" href={`/v1/auth/oidc/${name}?return_to=${returnPath()}`}>
              Continue with {label}
            </a>
          ))}
        </>
      )}
      {methods.value && error.value !== undefined && <Failure error={error.value} />}
    </main>
  );
}

function textIn(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

const returnPath = () => {
  const search = query.value.toString();
  return encodeURIComponent(href(path.value) + (search && `?${search}`));
};

function SecondFactor({
  methods,
  attempt,
}: {
  methods: readonly string[];
  attempt: (work: () => Promise<void>) => Promise<void>;
}) {
  const complete = (body: object) =>
    attempt(async () => {
      session.value = dataOf(await client.POST('/v1/sessions/mfa', { body: body as never }));
    });
  const byPasskey = () =>
    attempt(async () => {
      const options = dataOf(await client.POST('/v1/sessions/mfa/passkey/options')) as PasskeyOptions;
      await complete({ passkey: await assertionFor(options) });
    });
  return (
    <>
      <h1>Second factor</h1>
      {methods.some((method) => method !== 'passkey') && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void complete({ code: textIn(new FormData(event.currentTarget), 'code') });
          }}
        >
          <label>
            Code of your authenticator app, or a recovery code
            <input name="code" autocomplete="one-time-code" required minLength={6} autofocus />
          </label>
          <button type="submit" class="primary">
            Continue
          </button>
        </form>
      )}
      {methods.includes('passkey') && (
        <button type="button" onClick={() => void byPasskey()}>
          Use a passkey
        </button>
      )}
    </>
  );
}
