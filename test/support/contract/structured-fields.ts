export interface Item {
  value: string | number | boolean | Date;
  parameters: Record<string, string | number | boolean | Date>;
}

const token = /^[A-Za-z*][!#$%&'*+.^_`|~\w:/-]*/;
const key = /^[a-z*][a-z0-9_.*-]*/;
const number = /^-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])/;
const string = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/;
const date = /^@(-?\d{1,15})(?![\d.])/;

/**
 * Reads a List of Items, or one Item, as strictly as RFC 9651 section 4.2 says: anything else throws. Inner Lists, Byte Sequences
 * and Display Strings are left out, because no field of ours has them.
 */
export function parseList(text: string): Item[] {
  let rest = text.replace(/^ +/, '').replace(/ +$/, '');
  const refuse = (): never => {
    throw new Error(`Not a structured field at ${JSON.stringify(rest)}: ${text}`);
  };
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const found = pattern.exec(rest) ?? undefined;
    if (found) rest = rest.slice(found[0].length);
    return found;
  };
  const bare = (): Item['value'] => {
    const quoted = take(string);
    if (quoted) return quoted[1]!.replaceAll(/\\(.)/g, '$1');
    const instant = take(date);
    if (instant) return new Date(Number(instant[1]) * 1000);
    const digits = take(number);
    if (digits) return Number(digits[0]);
    const truth = take(/^\?([01])/);
    if (truth) return truth[1] === '1';
    return take(token)?.[0] ?? refuse();
  };
  const item = (): Item => {
    const value = bare();
    const parameters: Item['parameters'] = {};
    while (take(/^; */)) {
      const [name] = take(key) ?? refuse();
      parameters[name] = take(/^=/) ? bare() : true;
    }
    return { value, parameters };
  };
  const items = rest === '' ? [] : [item()];
  while (rest !== '') {
    if (!take(/^[ \t]*,[ \t]*/)) refuse();
    items.push(item());
  }
  return items;
}
