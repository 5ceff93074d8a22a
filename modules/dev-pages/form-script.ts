/**
 * The script of the pages with forms. It sends the requests of a form and shows what came of them. The token of a mail is in the
 * fragment of the address. Nothing that comes from elsewhere is written as markup.
 */
export const formScript = `
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

function element(name, text, attributes = {}) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(text);
  return made;
}

async function send({ method, path, body }, values) {
  const content = body.length > 0 && JSON.stringify(Object.fromEntries(body.map((name) => [name, values[name]])));
  const headers = { 'idempotency-key': newKey(), ...(content && { 'content-type': 'application/json' }) };
  return fetch(path, { method, headers, ...(content && { body: content }) });
}

function show(form, succeeded, ...parts) {
  const outcome = form.querySelector('.outcome');
  outcome.classList.toggle('failed', !succeeded);
  outcome.replaceChildren(...parts);
  return outcome;
}

function succeed(form, status) {
  const template = form.querySelector('template[data-status="' + status + '"]');
  if (template?.dataset.goesTo) return location.assign(template.dataset.goesTo);
  form.querySelector('.fields').hidden = true;
  show(form, true, template ? template.content.cloneNode(true) : 'Done.').focus();
}

function fail(form, { title, detail, code, errors = [] }) {
  const lines = errors.map((error) => {
    const name = (error.pointer ?? '').split('/').at(-1);
    const input = form.elements.namedItem(name);
    input?.setAttribute('aria-invalid', 'true');
    return element('li', (input ? input.labels[0].firstChild.textContent.trim() + ': ' : '') + error.detail);
  });
  const parts = [element('p', element('strong', title))];
  if (lines.length > 0) {
    const list = element('ul', '');
    list.append(...lines);
    parts.push(list);
  } else if (detail) parts.push(element('p', detail));
  if (code === 'auth.origin-refused') {
    const address = document.body.querySelector('[data-public-url]').dataset.publicUrl + location.pathname + location.hash;
    parts.push(element('p', element('a', 'Open this page where the API expects it', { href: address })));
  }
  if (code) parts.push(element('p', element('a', code, { href: '/problems/' + code })));
  show(form, false, ...parts);
  (form.querySelector('[aria-invalid]') ?? form.querySelector('.outcome')).focus();
}

async function submit(form) {
  const values = { ...Object.fromEntries(new FormData(form)), token };
  for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
  let response;
  for (const call of JSON.parse(form.dataset.calls)) {
    response = await send(call, values);
    if (!response.ok) return fail(form, await response.json());
  }
  succeed(form, response.status);
}

for (const form of document.querySelectorAll('form[data-calls]')) {
  let isBusy = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    submit(form)
      .catch((error) => fail(form, { title: 'The API did not answer', detail: error.message }))
      .finally(() => { isBusy = false; });
  });
  if (form.dataset.calls.includes('"token"') && !token)
    show(form, false, element('p', 'This address has no token. Open the link of the mail.'));
}

const user = document.querySelector('[data-user]');
if (user) {
  const response = await fetch('/v1/sessions/current').catch(() => undefined);
  const session = response?.ok ? await response.json() : undefined;
  if (session) user.append(session.user.name + ' (' + session.user.email + ', ' + session.user.role + ')');
  for (const part of document.querySelectorAll('[data-when]'))
    part.hidden = part.dataset.when !== (session ? 'signed-in' : 'signed-out');
}
`;
