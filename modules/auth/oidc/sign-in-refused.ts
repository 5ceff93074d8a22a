/**
 * The reason why a user could not sign in after coming back from a provider. The front end shows a sentence for each; the log
 * has the exact error under the request id.
 *
 * - `failed`: the answer of the provider is invalid, or does not belong to this browser.
 * - `cancelled`: the user or the provider refused.
 * - `provider_unavailable`: the provider did not answer.
 * - `email_unverified`: the identity is unknown here, and the provider vouches for no address.
 * - `account_exists`: the address has an account. The user must sign in to it, then link this identity.
 * - `account_closed`: the account of this identity is disabled.
 * - `identity_suspended`: a password reset suspended this identity, and its owner has not confirmed it since.
 * - `other_user`: the user who began this is no longer signed in, or the identity belongs to another user.
 * - `already_linked`: the user has another identity of this provider.
 * - `not_fresh`: the provider did not ask the user to prove their identity again.
 */
export type Refusal =
  | 'failed'
  | 'cancelled'
  | 'provider_unavailable'
  | 'email_unverified'
  | 'account_exists'
  | 'account_closed'
  | 'identity_suspended'
  | 'other_user'
  | 'already_linked'
  | 'not_fresh';

export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
  constructor(
    readonly refusal: Refusal,
    options?: ErrorOptions,
  ) {
    super(refusal, options);
  }
}
