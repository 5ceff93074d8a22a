import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** What a route asks for beyond its access rule. */
export type AuthenticationRequirement = 'any-session' | 'session' | 'sudo';

export const authenticationRequirement = Symbol('required proof');

/**
 * Only for a signed-in browser: an API key must not manage the account that made it. Whoever acts as somebody else may
 * look and change nothing, unless the route is open to them too.
 */
export const RequireSession = ({ impersonated = false } = {}) =>
  proof(impersonated ? 'any-session' : 'session');

/** Only for a browser within ten minutes of POST /v1/sudo, and never for somebody who acts as somebody else. */
export const RequireSudo = () => proof('sudo');

function proof(value: AuthenticationRequirement) {
  return applyDecorators(once(value), ApiExtension('x-proof', value));
}

/** Of two the upper would replace the lower, and quietly take the sensitive action's proof away. */
function once(value: AuthenticationRequirement): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    if (Reflect.hasMetadata(authenticationRequirement, descriptor.value as object)) {
      throw new Error(
        `${target.constructor.name}.${String(key)} asks for two proofs; keep the stronger one.`,
      );
    }
    SetMetadata(authenticationRequirement, value)(target, key, descriptor);
  };
}
