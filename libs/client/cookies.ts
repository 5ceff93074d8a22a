/** The cookies of one server, in memory: what a browser would keep of the session. */
export class Cookies {
  readonly #values = new Map<string, string>();

  /** The value of a Cookie header, or nothing when there is none to send. */
  header(): string | undefined {
    const pairs = [...this.#values].map(([name, value]) => `${name}=${value}`);
    return pairs.length > 0 ? pairs.join('; ') : undefined;
  }

  /** Takes over what a response sets; a cookie that has expired is forgotten (RFC 6265 section 5.3). */
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
