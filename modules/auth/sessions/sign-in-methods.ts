import { Injectable } from '@nestjs/common';
import { defineProblem } from '#libs/problem';

class LastWayToSignIn extends defineProblem({
  kind: 'conflict',
  code: 'auth.last-way-to-sign-in',
  title: 'This is the last way to sign in',
  help: 'Without it nobody could use the account again. Set a password, add a passkey or link another identity first.',
}) {}

/** Counts the credentials of one kind with which this user can begin a session now. */
type CountForUser = (userId: string) => Promise<number>;

/**
 * The kinds of credentials that can begin a session. Each feature registers its own when its module is built; a feature that
 * removes a credential asks here whether the user keeps another one.
 */
@Injectable()
export class SignInMethods {
  readonly #methods: CountForUser[] = [];

  register(count: CountForUser): void {
    this.#methods.push(count);
  }

  /** Call it after the removal, in its transaction and with the user locked. Throws {@link LastWayToSignIn}. */
  async assertOneLeft(userId: string): Promise<void> {
    for (const count of this.#methods) if ((await count(userId)) > 0) return;
    throw new LastWayToSignIn();
  }
}
