import { createHash } from 'node:crypto';
import { Html, html } from './html.js';
import { style } from './page-style.js';
import { FinalResponse } from './response.js';

interface Page {
  title: string;
  /** What stands above the title, such as links to other pages. */
  header?: Html;
  body: Html;
  /** A script for this page alone, from a constant of the code: nothing of a request may get into it. */
  script?: string;
}

/**
 * Returns a page for people. Its policy lets the browser run and load nothing but what the page brings along, send forms and
 * requests only to this server, and show the page in no frame.
 */
export function pageResponse({ title, header, body, script }: Page): FinalResponse {
  const markup = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        ${header}
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
        ${script !== undefined && new Html(`<script type="module">${script}</script>`)}
      </body>
    </html> `;
  const policy = [
    "default-src 'none'",
    `style-src ${sourceOf(style)}`,
    ...(script === undefined ? [] : [`script-src ${sourceOf(script)}`, "connect-src 'self'"]),
    'img-src data:',
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy };
  return new FinalResponse(200, headers, Buffer.from(String(markup)));
}

/** Returns the source of a policy that allows exactly this text between the tags (CSP 3 section 2.3.1). */
function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
