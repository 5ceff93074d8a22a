import { resolve } from 'node:path';
import type { Config } from '#libs/config';
import { type FinalResponse, type Html, html, pageResponse } from '#libs/http';
import { developmentHeader } from './development-header.js';

/** Returns what runs where. The console is listed when this process serves it. */
export function frontPageResponse(config: Config, { hasConsole }: { hasConsole: boolean }): FinalResponse {
  const { PUBLIC_URL, APP_URL, SMTP_URL } = config;
  const body = html`<p>
      This is development at <code>${PUBLIC_URL}</code>. In production, none of these pages exists, and this
      address answers 404.
    </p>
    <div class="columns">
      ${card('Go through it', [
        ['/dev/register', 'Register', 'the answer comes by mail'],
        ...(SMTP_URL === undefined ? [mailbox] : []),
        ['/dev/sign-in', 'Sign in', 'the terminal shows an administrator'],
        ['/dev/account', 'Account', 'who this browser is signed in as'],
      ])}
      ${card('Read', [
        ['/docs', 'API reference', 'every route, to try out'],
        ['/openapi.json', 'openapi.json', 'the same for programs'],
        ['/problems', 'Problem types', 'every error code, explained'],
      ])}
      ${card('Look after it', [
        ...(hasConsole ? [['/console', 'Console', 'what the processes do'] satisfies Entry] : []),
        ['/health/ready', 'API', 'whether it is ready'],
        [workerUrl(config), 'Worker', 'whether it is ready'],
      ])}
    </div>
    <section>
      <h2>First requests</h2>
      <p>
        Paste them into a shell in the folder of the repository. The second one signs in as the administrator
        that was made for you.
      </p>
      ${firstRequests(config).map((request) => html`<pre tabindex="0"><code>${request}</code></pre>`)}
    </section>
    ${
      APP_URL !== PUBLIC_URL &&
      html`<section>
        <h2>Your front end</h2>
        <p>
          Links in mails lead to <a href="${APP_URL}">${APP_URL}</a>, because <code>APP_URL</code> says so.
          ${SMTP_URL === undefined && html`Beside each of them the <a href="/dev/mail">mailbox</a> has one to a page here, which does the same.`}
        </p>
      </section>`
    }`;
  return pageResponse({ title: 'Mainstay is running', header: developmentHeader(config, '/'), body });
}

type Entry = [href: string, label: string, text: string];

const mailbox: Entry = ['/dev/mail', 'Mailbox', 'every mail that was not sent'];

function card(heading: string, entries: Entry[]): Html {
  const items = entries.map(
    ([href, label, text]) =>
      html`<dt><a href="${href}">${label}</a></dt>
        <dd>${text}</dd>`,
  );
  return html`<section>
    <h2>${heading}</h2>
    <dl>${items}</dl>
  </section>`;
}

function workerUrl({ PUBLIC_URL, WORKER_PORT }: Config): string {
  const url = new URL('/health/ready', PUBLIC_URL);
  url.protocol = 'http:';
  url.port = String(WORKER_PORT);
  return url.href;
}

/** Returns commands of a shell, in their order. */
function firstRequests({ PUBLIC_URL, DATA_DIR }: Config): string[] {
  const file = JSON.stringify(resolve(DATA_DIR, 'dev.json'));
  return [
    `curl ${PUBLIC_URL}/health/ready`,
    `node -p 'JSON.stringify(require(${file}).admin)' |
  curl -c cookies.txt -H 'content-type: application/json' \\
    -d @- ${PUBLIC_URL}/v1/sessions`,
    `curl -b cookies.txt ${PUBLIC_URL}/v1/users/me`,
  ];
}
