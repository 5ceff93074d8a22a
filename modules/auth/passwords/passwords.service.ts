import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Config } from '#libs/config';
import { assertGoodPassword, type Person } from './password-policy.js';
import { HashingBusy } from './passwords.contract.js';

/** Hashes at once: each takes a core and ARGON2_MEMORY_KIB of memory, and other requests want cores too. */
const concurrent = 2;

/** Waiting hashes. More would wait longer than a client does: two at a time, about 80 ms each. */
const maxWaiting = 32;

/** Milliseconds that a hash may wait for its turn. Whoever waits longer has a slow answer and takes the place of others. */
const maxWaitMs = 2000;

/** Argon2id (RFC 9106), bounded in how much of the machine it may take. */
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
   * The hash of a password that somebody chose, which is the one way to a new one: registration, reset, set-up and
   * change all come here. Throws what {@link assertGoodPassword} throws, or {@link HashingBusy}.
   */
  async choose(password: string, person: Person): Promise<string> {
    await assertGoodPassword(password, person);
    return this.hash(password);
  }

  /** A PHC string. Throws {@link HashingBusy} when too many are waiting. */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password, this.#parameters()));
  }

  /**
   * Whether the password is the one of the hash. Without a hash it compares with a decoy and says no: an unknown
   * address takes as long as a wrong password. Throws {@link HashingBusy}.
   */
  async matches(phc: string | undefined, password: string): Promise<boolean> {
    const matches = await this.#inTurn(() => verify(phc ?? this.#decoy, password));
    return matches && phc !== undefined;
  }

  /** True when the hash was made with other parameters than today's. */
  isOutdated(phc: string): boolean {
    const { ARGON2_MEMORY_KIB: memory, ARGON2_PASSES: passes } = this.config;
    return !phc.startsWith(`$argon2id$v=19$m=${memory},t=${passes},p=1$`);
  }

  /** Argon2id is the library's default. */
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
      // The place goes to the next in line without becoming free in between.
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
