import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** What a route asks for beyond its access rule. */
export type RequiredProof = 'any-session' | 'session' | 'sudo';

export const requiredProof = Symbol('required proof');

/**
 * Only for a signed-in browser: an API key must not manage the account that made it. Whoever acts as somebody else may
 * look and change nothing, unless the route is open to them too.
 */
export const RequireSession = ({ impersonated = false } = {}) =>
  proof(impersonated ? 'any-session' : 'session');

/** Only within ten minutes of POST /v1/sudo, and never for somebody who acts as somebody else. */
export const RequireSudo = () => proof('sudo');

const proof = (value: RequiredProof) =>
  applyDecorators(SetMetadata(requiredProof, value), ApiExtension('x-proof', value));
