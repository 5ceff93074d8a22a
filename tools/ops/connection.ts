import { readFileSync } from 'node:fs';
import { type Client, createClient, dataOf } from '#libs/client';
import { devFileOf } from '../dev/supervisor/preflight.js';
import { dataDirOf } from '../machine/environment.js';
import { Refused, exitCodes } from './refusals.js';

export interface Connection {
  url: string;
  client: Client;
  /** Ends the session where one was begun. */
  close(): Promise<void>;
}

interface Given {
  url?: string | undefined;
  'key-file'?: string | undefined;
}

/**
 * Connects to the instance that arguments and environment name, with their API key. Without either, the instance of `npm start`
 * in this clone, as its administrator. Throws {@link Refused}.
 */
export async function connect(given: Given, env: NodeJS.ProcessEnv): Promise<Connection> {
  const named = given.url ?? env.OPS_URL;
  const url = named === undefined ? undefined : addressOf(named);
  const keyFile = given['key-file'] ?? env.OPS_API_KEY_FILE;
  const token = keyFile === undefined ? env.OPS_API_KEY : read(keyFile).trim();
  if (token !== undefined) {
    // The error of fetch about such a header would show it.
    if (!/^[!-~]+$/.test(token))
      throw new Refused('The API key must be one word of visible characters.', exitCodes.misused);
    const baseUrl = url ?? developmentOf(env).api_url;
    return { url: baseUrl, client: createClient({ baseUrl, token }), close: async () => {} };
  }
  if (url !== undefined)
    throw new Refused(`There is no key for ${url}: set OPS_API_KEY or give --key-file.`, exitCodes.misused);
  const { api_url: baseUrl, admin } = developmentOf(env);
  const client = createClient({ baseUrl });
  dataOf(await client.POST('/v1/sessions', { body: admin }));
  return {
    url: baseUrl,
    client,
    close: async () => void (await client.DELETE('/v1/sessions/current')),
  };
}

function addressOf(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new Refused('The address of the instance must begin with https:// or http://.', exitCodes.misused);
  // Messages name the address.
  if (parsed.username || parsed.password)
    throw new Refused('The address of the instance must name no user and no password.', exitCodes.misused);
  return url.replace(/\/$/, '');
}

/** What `npm start` wrote down. */
function developmentOf(env: NodeJS.ProcessEnv) {
  const path = devFileOf(dataDirOf(env));
  const nothing =
    'Name an instance (OPS_URL and OPS_API_KEY, or --url and --key-file), or start one: npm start.';
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as {
      api_url: string;
      admin: { email: string; password: string };
    };
  } catch {
    throw new Refused(nothing, exitCodes.unreachable);
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Refused(
      `The key cannot be read: ${(error as NodeJS.ErrnoException).code}, ${path}`,
      exitCodes.misused,
    );
  }
}
