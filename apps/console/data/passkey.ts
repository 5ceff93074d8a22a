export type PasskeyOptions = PublicKeyCredentialRequestOptionsJSON;

/** Asks the authenticator of the browser for a signature (WebAuthn 3 section 5.1). Throws what the browser says. */
export async function assertionFor(options: PasskeyOptions) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  return (credential as PublicKeyCredential).toJSON() as AuthenticationResponseJSON;
}
