import { type Html, html } from '#libs/http';

export interface Field {
  name: string;
  label: string;
  type: 'email' | 'password' | 'text';
  autocomplete: string;
  hint?: string;
}

/** A request that a form sends. */
interface Call {
  method: 'POST' | 'DELETE';
  path: string;
  /** The names of the fields that go into its body, and `token` for the token of the mail. */
  body: string[];
}

/** What happens after an answer with this status: the page says something, or the browser goes on to another page. */
type Outcome = { says: Html } | { goesTo: string };

export interface Form {
  button: string;
  fields: Field[];
  /** The next request is sent when the one before it has succeeded. */
  calls: Call[];
  /** By the status of the last answer. */
  outcomes: Record<number, Outcome>;
}

/** A page of development, which does what a front end would do. */
export interface FormPage {
  title: string;
  intro: string;
  /** Whether the page is for somebody who is signed in. It then says who that is. */
  needsSession?: boolean;
  sections: { heading?: string; intro?: string; form: Form }[];
}

export const email: Field = {
  name: 'email',
  label: 'E-mail address',
  type: 'email',
  autocomplete: 'username',
};

export const password: Field = {
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'current-password',
};

export const newPassword: Field = {
  name: 'password',
  label: 'New password',
  type: 'password',
  autocomplete: 'new-password',
  hint: 'At least 15 characters that nobody would guess.',
};

/** Returns the form. The script in form-script.ts reads its requests from the attribute and shows its templates. */
export function formOf({ button, fields, calls, outcomes }: Form): Html {
  return html`<form data-calls="${JSON.stringify(calls)}" method="post">
    <div class="fields">
      ${fields.map(inputOf)}
      <button>${button}</button>
    </div>
    <div class="outcome" role="status" tabindex="-1"></div>
    ${Object.entries(outcomes).map(([status, outcome]) => templateOf(status, outcome))}
  </form> `;
}

function inputOf({ name, label, type, autocomplete, hint }: Field): Html {
  return html`<label
    >${label}${hint && html`<small>${hint}</small>`}
    <input name="${name}" type="${type}" autocomplete="${autocomplete}" required
  /></label> `;
}

function templateOf(status: string, outcome: Outcome): Html {
  return 'says' in outcome
    ? html`<template data-status="${status}"><p>${outcome.says}</p></template>`
    : html`<template data-status="${status}" data-goes-to="${outcome.goesTo}"></template>`;
}
