import type { World } from './apps.js';

/** Cookies as a browser keeps them, by the server that set them. */
class Jar {
  readonly #cookies = new Map<string, Map<string, string>>();

  of(url: string): Map<string, string> {
    const { host } = new URL(url);
    let cookies = this.#cookies.get(host);
    if (!cookies) this.#cookies.set(host, (cookies = new Map<string, string>()));
    return cookies;
  }

  keep(response: Response, url: string): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const split = pair.indexOf('=');
      const [name, value] = [pair.slice(0, split), pair.slice(split + 1)];
      if (value === '') this.of(url).delete(name);
      else this.of(url).set(name, value);
    }
  }
}

/** A person's browser: follows redirects by hand, so that a test can step in between. */
export class UserAgent {
  readonly #jar = new Jar();

  constructor(private readonly world: Pick<World, 'url' | 'publicUrl'>) {}

  /** Of the API. */
  get cookies(): Map<string, string> {
    return this.#jar.of(this.world.url);
  }

  /** Takes over the session of somebody who is signed in already. */
  holding(cookie: string): this {
    const [name = '', value = ''] = cookie.split('=');
    this.cookies.set(name, value);
    return this;
  }

  async send(url: string, init: RequestInit = {}): Promise<Response> {
    // The provider knows the API by its public address, where nothing listens in a test.
    const target = url.replace(this.world.publicUrl, this.world.url);
    const cookie = [...this.#jar.of(target)].map((pair) => pair.join('=')).join('; ');
    const headers = { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) };
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    this.#jar.keep(response, target);
    return response;
  }

  /** Of the API, by path. */
  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(this.world.url + path, { headers });
  }

  post(path: string, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return this.send(this.world.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  delete(path: string): Promise<Response> {
    return this.send(this.world.url + path, { method: 'DELETE' });
  }

  /** From a page of the provider, as this account, to the address that the provider sends people back to. */
  async logInAt(location: string, as: string): Promise<URL> {
    let url = location;
    for (let step = 0; step < 10; step += 1) {
      if (url.startsWith(this.world.publicUrl)) return new URL(url);
      const response = await this.send(url.includes('/interaction/') ? `${url}?as=${as}` : url);
      const next = response.headers.get('location');
      if (!next) throw new Error(`The provider answered ${response.status}: ${await response.text()}`);
      url = new URL(next, url).href;
    }
    throw new Error('The provider leads nowhere.');
  }
}
