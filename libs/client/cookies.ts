/** The session cookies of one server in memory, as a browser would keep them. */
export class Cookies {
  readonly #values = new Map<string, string>();

  /** Returns the value of the Cookie header, or undefined without cookies. */
  header(): string | undefined {
    const pairs = [...this.#values].map(([name, value]) => `${name}=${value}`);
    return pairs.length > 0 ? pairs.join('; ') : undefined;
  }

  /** Stores the cookies that a response sets, and removes those that have expired (RFC 6265 section 5.3). */
  keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const split = pair.indexOf('=');
      const name = pair.slice(0, split);
      if (attributes.some(isOver)) this.#values.delete(name);
      else this.#values.set(name, pair.slice(split + 1));
    }
  }
}

function isOver(attribute: string): boolean {
  const [name = '', value = ''] = attribute.split('=');
  if (name.toLowerCase() === 'max-age') return Number(value) <= 0;
  return name.toLowerCase() === 'expires' && Date.parse(value) <= Date.now();
}
