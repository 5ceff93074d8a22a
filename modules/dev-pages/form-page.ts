import type { Config } from '#libs/config';
import { type FinalResponse, html, pageResponse } from '#libs/http';
import { developmentHeader } from './development-header.js';
import { formOf, type FormPage } from './form.js';
import { formScript } from './form-script.js';

/** Returns a page with forms. `path` is its own. */
export function formPageResponse(config: Config, path: string, page: FormPage): FinalResponse {
  const { title, intro, needsSession, sections } = page;
  const forms = sections.map(
    ({ heading, intro: text, form }) =>
      html`<section${needsSession === true && html` data-when="signed-in" hidden`}>
${heading && html`<h2>${heading}</h2>`}${text && html`<p>${text}</p>`}
${formOf(form)}</section>
`,
  );
  const body = html`<p data-public-url="${config.PUBLIC_URL}">${intro}</p>
    ${needsSession === true && who}
    <div class="${sections.length > 1 ? 'columns' : 'narrow'}">${forms}</div>
    <noscript
      ><p class="note">
        These forms call the API by a script. Switch JavaScript on, or send the requests yourself.
      </p></noscript
    >`;
  return pageResponse({ title, header: developmentHeader(config, path), body, script: formScript });
}

/** Who is signed in, which the script finds out. */
const who = html`<p class="note" data-when="signed-in" hidden>Signed in as <strong data-user></strong></p>
  <p class="note" data-when="signed-out" hidden>
    This browser has no session. <a href="/dev/sign-in">Sign in</a> first, then come back here.
  </p>`;
