import type { Config } from '#libs/config';
import { type Html, html } from '#libs/http';

/** Returns what stands above every page of development. `current` is the path of the page, which it marks in the list. */
export function developmentHeader({ SMTP_URL }: Config, current: string): Html {
  const pages: [path: string, label: string][] = [
    ['/', 'Start'],
    // With a mail server the mails are there.
    ...(SMTP_URL === undefined ? [['/dev/mail', 'Mailbox'] as [string, string]] : []),
    ['/dev/register', 'Register'],
    ['/dev/sign-in', 'Sign in'],
    ['/dev/account', 'Account'],
    ['/docs', 'API'],
  ];
  const links = pages.map(([path, label]) =>
    path === current
      ? html`<a href="${path}" aria-current="page">${label}</a>`
      : html`<a href="${path}">${label}</a>`,
  );
  return html`<header>
    <strong>Mainstay<small>development</small></strong>
    <nav aria-label="Pages">${links}</nav>
  </header>`;
}
