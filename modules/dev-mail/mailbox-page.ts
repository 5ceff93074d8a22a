import type { Config } from '#libs/config';
import { type FinalResponse, type Html, html, pageResponse } from '#libs/http';
import { developmentHeader, tokenPageFor } from '#modules/dev-pages';

export interface StoredMail {
  id: string;
  to: string;
  subject: string;
  text: string;
  received_at: Date;
}

/** Milliseconds. A mail is here a moment after the request that caused it, so the page looks for it for a while. */
const script = `
const address = new URL(location);
const newest = document.querySelector('article')?.id;
const limit = Date.now() + 15000;
async function look() {
  if (document.visibilityState === 'visible') {
    const response = await fetch(address, { headers: { accept: 'application/json' } }).catch(() => undefined);
    const mails = response?.ok ? (await response.json()).data : [];
    if (mails.length > 0 && mails[0].id !== newest) {
      if (document.activeElement === document.body) return location.reload();
      document.getElementById('news').hidden = false;
      return;
    }
  }
  if (Date.now() < limit) setTimeout(look, 1000);
}
setTimeout(look, 500);
addEventListener('focus', look);
`;

/** Returns the mailbox for people: each mail as it would have been sent, with links that can be followed. */
export function mailboxResponse(config: Config, mails: StoredMail[], to: string | undefined): FinalResponse {
  const body = html`<p>
      Every mail that was not sent, the newest first. With <code>SMTP_URL</code> mails are sent, and this page
      is gone.
    </p>
    <form class="row" action="/dev/mail">
      <label>Address<input name="to" type="email" value="${to ?? ''}" autocomplete="off" required /></label>
      <button>Show its mails</button>
      ${to !== undefined && html`<a href="/dev/mail">Show all mails</a>`}
    </form>
    <p role="status"><a id="news" href="" hidden>There is new mail: show it</a></p>
    ${mails.map((mail) => articleOf(mail, config))}
    ${
      mails.length === 0 &&
      html`<section>
        <h2>No mail yet</h2>
        <p>
          It appears here a moment after somebody <a href="/dev/register">registers</a>, or asks for a link.
        </p>
      </section>`
    }`;
  return pageResponse({ title: 'Mailbox', header: developmentHeader(config, '/dev/mail'), body, script });
}

function articleOf({ id, to, subject, text, received_at }: StoredMail, config: Config): Html {
  const instead = linksIn(text).flatMap((link) => tokenPageFor(link, config) ?? []);
  return html`<article id="${id}" aria-labelledby="subject-${id}">
    <header>
      <h2 id="subject-${id}">${subject}</h2>
      <p>
        to <a href="/dev/mail?to=${encodeURIComponent(to)}">${to}</a>,
        <time datetime="${received_at.toISOString()}">${timeOf(received_at)}</time>
      </p>
    </header>
    <p class="text">${withLinks(text.trim())}</p>
    ${instead.map((link) => html`<p class="aside">Nothing runs there yet? <a href="${link}">Open the page of development</a></p>`)}
  </article> `;
}

const timeFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const timeOf = (time: Date) => timeFormat.format(time);

/** An address in running text: the punctuation after it belongs to the sentence. */
const linkPattern = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]/g;

const linksIn = (text: string) => [...text.matchAll(linkPattern)].map(([link]) => link);

function withLinks(text: string): Html[] {
  const links = linksIn(text);
  return text
    .split(linkPattern)
    .map(
      (part, index) => html`${part}${links[index] && html`<a href="${links[index]}">${links[index]}</a>`}`,
    );
}
