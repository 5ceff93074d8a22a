/** What a feature is called wherever it has a name. */
export interface Names {
  /** Folder, route and the first part of codes: `purchase-orders`. */
  module: string;
  table: string;
  many: string;
  one: string;
  Many: string;
  One: string;
  /** In sentences: `purchase order`. */
  words: { many: string; one: string };
}

/** What job names, queue names and problem codes may consist of as well. */
const kebab = /^[a-z]+(-[a-z]+)*$/;

/** Names of the feature with this plural. `singular` is for nouns that do not follow the rules, such as `people`. */
export function namesOf(plural: string, singular = singularOf(plural)): Names {
  if (!kebab.test(plural))
    throw new Error(
      `"${plural}" is not a module name; small letters with "-" between words, as in purchase-orders`,
    );
  if (!singular)
    throw new Error(
      `"${plural}" does not look like a plural; use one, or name the singular: npm run make:module -- people --singular person`,
    );
  if (!kebab.test(singular) || singular === plural)
    throw new Error(
      `"${singular}" cannot be the singular of "${plural}"; code needs a word for one and a word for many`,
    );
  const [many, one] = [camel(plural), camel(singular)];
  return {
    module: plural,
    table: plural.replaceAll('-', '_'),
    many,
    one,
    Many: capital(many),
    One: capital(one),
    words: { many: plural.replaceAll('-', ' '), one: singular.replaceAll('-', ' ') },
  };
}

/** The rules of regular English nouns; nothing for a word that is no regular plural. */
function singularOf(plural: string): string | undefined {
  if (/[a-z]{2}ies$/.test(plural)) return plural.replace(/ies$/, 'y');
  if (/(ss|sh|ch|x)es$/.test(plural)) return plural.replace(/es$/, '');
  return /[^isu]s$/.test(plural) ? plural.slice(0, -1) : undefined;
}

function camel(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
