import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** The proof that a route requires in addition to its access rule. */
export type AuthenticationRequirement = 'any-session' | 'session' | 'sudo';

export const authenticationRequirement = Symbol('required proof');

/**
 * Requires a browser session, because an API key must not manage the account that made it. An administrator who acts as a
 * user may read here but change nothing, unless `impersonated` opens the route to them too.
 */
export const RequireSession = ({ impersonated = false } = {}) =>
  proof(impersonated ? 'any-session' : 'session');

/** Requires a browser session within ten minutes of POST /v1/sudo. It always refuses an administrator who acts as a user. */
export const RequireSudo = () => proof('sudo');

function proof(value: AuthenticationRequirement) {
  return applyDecorators(once(value), ApiExtension('x-proof', value));
}

/** Throws for a second decorator on a handler: the upper one would silently replace the proof that the lower one requires. */
function once(value: AuthenticationRequirement): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    if (Reflect.hasMetadata(authenticationRequirement, descriptor.value as object)) {
      throw new Error(
        `${target.constructor.name}.${String(key)} requires two proofs; keep the stronger one.`,
      );
    }
    SetMetadata(authenticationRequirement, value)(target, key, descriptor);
  };
}
