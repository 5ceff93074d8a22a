import { createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from './config.js';

export interface Key {
  /** The first 4 bytes of the root key's SHA-256. They name the key in stored data without revealing it. */
  id: string;
  /** 32 bytes, derived for one purpose. Node would make an object of this kind of bytes, again at each use. */
  secret: KeyObject;
}

/** The keys for each purpose, derived from the root keys of `SECRET_KEYS` (HKDF-SHA-256, RFC 5869), newest first. */
@Injectable()
export class Keyring {
  readonly #derived = new Map<string, [Key, ...Key[]]>();

  constructor(private readonly config: Config) {}

  /** Returns the key that signs and encrypts for this purpose. */
  primary(purpose: string): Key {
    return this.all(purpose)[0];
  }

  /** Returns the key with this id, or undefined when it is no longer in SECRET_KEYS. */
  find(purpose: string, id: string): Key | undefined {
    return this.all(purpose).find((key) => key.id === id);
  }

  /** Returns every key that may verify or decrypt for this purpose. */
  all(purpose: string): [Key, ...Key[]] {
    let keys = this.#derived.get(purpose);
    if (!keys) {
      keys = this.config.SECRET_KEYS.map((root) => ({
        id: createHash('sha256').update(root).digest('hex').slice(0, 8),
        secret: createSecretKey(Buffer.from(hkdfSync('sha256', root, '', `mainstay:${purpose}`, 32))),
      })) as [Key, ...Key[]];
      this.#derived.set(purpose, keys);
    }
    return keys;
  }
}
