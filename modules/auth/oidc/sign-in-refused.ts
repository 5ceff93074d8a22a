/**
 * Why somebody came back from a provider and got no further. The front end shows a sentence for each; what exactly was
 * wrong stands in the log, under the request id.
 *
 * - `failed`: the answer of the provider does not hold, or does not belong to this browser.
 * - `cancelled`: the person, or the provider, said no.
 * - `provider_unavailable`: it did not answer.
 * - `email_unverified`: unknown here, and the provider vouches for no address.
 * - `account_exists`: the address has an account: sign in to that, then link this identity to it.
 * - `account_closed`: the account of this identity is disabled.
 * - `other_user`: whoever began this is not signed in any more, or the identity is somebody else's.
 * - `already_linked`: the user has another identity of this provider.
 * - `not_fresh`: the provider did not ask again who it is.
 */
export type Refusal =
  | 'failed'
  | 'cancelled'
  | 'provider_unavailable'
  | 'email_unverified'
  | 'account_exists'
  | 'account_closed'
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
