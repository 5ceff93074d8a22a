import { Injectable } from '@nestjs/common';
import { defineProblem } from '#libs/problem';

class LastWayToSignIn extends defineProblem({
  kind: 'conflict',
  code: 'auth.last-way-to-sign-in',
  title: 'This is the last way to sign in',
  help: 'Without it you could not use the account again. Set a password, add a passkey or link another identity first.',
}) {}

/** Counts the credentials of one kind with which this user can begin a session now. */
type CountForUser = (userId: string) => Promise<number>;

/**
 * The registry of the kinds of credentials that can begin a session. Each feature registers its own when its module is
 * constructed. A feature that removes a credential asks here whether the user keeps another one.
 */
@Injectable()
export class SignInMethodRegistry {
  readonly #methods: CountForUser[] = [];

  register(count: CountForUser): void {
    this.#methods.push(count);
  }

  /**
   * Throws {@link LastWayToSignIn} when the user has no credential left. Call it after the removal, in its transaction and
   * with the user locked.
   */
  async assertOneLeft(userId: string): Promise<void> {
    for (const count of this.#methods) if ((await count(userId)) > 0) return;
    throw new LastWayToSignIn();
  }
}
