import { readFileSync } from 'node:fs';

export interface ListedRoute {
  method: string;
  /** `/v1/users/:id`. */
  path: string;
  who: string;
  proof: string;
  isPublic: boolean;
  isLimited: boolean;
}

/** The rows of docs/routes.md, which a test keeps equal to what the server answers. */
export function listedRoutes(): ListedRoute[] {
  return readFileSync('docs/routes.md', 'utf8')
    .split('\n')
    .filter((line) => /^\| [A-Z]{3,} /.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .map(([, method = '', path = '', who = '', proof = '', , quota]) => ({
      method,
      path,
      who,
      proof,
      isPublic: who.startsWith('anybody'),
      isLimited: quota === 'yes',
    }));
}

const nobody = '0199c0de-0000-7000-8000-000000000000';

/** A path with something in the place of its parameters that does not exist. */
export const concrete = (path: string) => path.replaceAll(/:\w+/g, nobody);

/** Other ways to write a path, each of which a server in front or behind may take for the same. */
export function spellingsOf(path: string): string[] {
  const last = path.lastIndexOf('/');
  const letter = path.search(/[a-z]/);
  const encoded = `%${path.charCodeAt(letter).toString(16)}`;
  return [
    `${path}/`,
    `/${path}`,
    `//${path}//`,
    `${path.slice(0, last)}/${path.slice(last)}`,
    path.slice(0, letter) + encoded + path.slice(letter + 1),
    `${path.slice(0, last)}%2f${path.slice(last + 1)}`,
    `${path.slice(0, last)}%5c${path.slice(last + 1)}`,
    path.toUpperCase(),
    `${path};x`,
    `${path};/x`,
    `${path}%00`,
    `${path}%20`,
    `${path}.json`,
    `${path.slice(0, last)}/.${path.slice(last)}`,
    `/x/..${path}`,
    `${path}?`,
    `${path}?#x`,
    `http://elsewhere.test${path}`,
  ];
}
