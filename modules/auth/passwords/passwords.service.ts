import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Config } from '#libs/config';
import { assertGoodPassword, type Person } from './password-policy.js';
import { HashingBusy } from './passwords.contract.js';

/** The number of concurrent hashes. Each takes a core and ARGON2_MEMORY_KIB of memory, and other requests need cores too. */
const concurrent = 2;

/**
 * The number of waiting hashes. With two at a time of about 80 ms each, a longer queue would outlast the patience of clients.
 */
const maxWaiting = 32;

/** Milliseconds that a hash may wait for its turn. A request that waits longer is slow anyway and takes the place of others. */
const maxWaitMs = 2000;

/** Hashes passwords with Argon2id (RFC 9106) and limits how much of the machine this takes. */
@Injectable()
export class PasswordsService implements OnModuleInit {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #decoy = '';

  constructor(private readonly config: Config) {}

  async onModuleInit(): Promise<void> {
    this.#decoy = await hash(randomBytes(32), this.#parameters());
  }

  /**
   * Returns the hash of a password that a user chose. Registration, reset, set-up and change all set passwords through this
   * method. Throws what {@link assertGoodPassword} throws, or {@link HashingBusy}.
   */
  async choose(password: string, person: Person): Promise<string> {
    await assertGoodPassword(password, person);
    return this.hash(password);
  }

  /** Returns a PHC string. Throws {@link HashingBusy} when too many hashes wait. */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password, this.#parameters()));
  }

  /**
   * Returns whether the password matches the hash. Without a hash it compares with a decoy and returns false, so an unknown
   * address takes as long as a wrong password. Throws {@link HashingBusy}.
   */
  async matches(phc: string | undefined, password: string): Promise<boolean> {
    const matches = await this.#inTurn(() => verify(phc ?? this.#decoy, password));
    return matches && phc !== undefined;
  }

  /** Returns whether the hash was made with other parameters than the current ones. */
  isOutdated(phc: string): boolean {
    const { ARGON2_MEMORY_KIB: memory, ARGON2_PASSES: passes } = this.config;
    return !phc.startsWith(`$argon2id$v=19$m=${memory},t=${passes},p=1$`);
  }

  /** Returns the parameters. Argon2id is the library's default. */
  #parameters() {
    return {
      memoryCost: this.config.ARGON2_MEMORY_KIB,
      timeCost: this.config.ARGON2_PASSES,
      parallelism: 1,
    };
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < concurrent) this.#running += 1;
    else await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The next in line takes the place directly, so that no other hash can take it between.
      if (next) next();
      else this.#running -= 1;
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= maxWaiting) throw busy();
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(busy());
      }, maxWaitMs);
      this.#waiting.push(enter);
    });
  }
}

const busy = () => new HashingBusy(undefined, { retryAfter: 2 });
