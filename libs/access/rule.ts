import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { Permission, ServiceScope } from './permissions.js';

/** Who may enter a route. Every handler carries exactly one; without one the API refuses to start. */
export type AccessRule =
  | { kind: 'public'; reason: string; recognise: boolean }
  | { kind: 'authenticated' }
  | { kind: 'permission'; permissions: Permission[] }
  | { kind: 'service'; scope: ServiceScope };

export const accessRule = Symbol('access rule');

/** Opens a route to everybody, and says why. With `recognise` the handler learns who is asking, when that can be told. */
export const Public = (reason: string, { recognise = false } = {}) =>
  rule({ kind: 'public', reason, recognise }, 'anybody');

/** Any signed-in caller. */
export const Authenticated = () => rule({ kind: 'authenticated' }, 'signed in');

/** Callers who hold all of these permissions. */
export const RequirePermission = (...permissions: [Permission, ...Permission[]]) =>
  rule({ kind: 'permission', permissions }, permissions.join(', '));

/** Services with an access token of this scope; no browser session enters. */
export const ServiceOnly = (scope: ServiceScope) => rule({ kind: 'service', scope }, `service: ${scope}`);

/** Security schemes of the API description; any one of them will do. */
const credentials: Record<AccessRule['kind'], string[]> = {
  public: [],
  authenticated: ['session', 'api_key'],
  permission: ['session', 'api_key'],
  service: ['access_token'],
};

function rule(value: AccessRule, words: string) {
  return applyDecorators(
    once(value),
    ApiExtension('x-access', words),
    ...credentials[value.kind].map((scheme) => ApiSecurity(scheme)),
  );
}

/** Two rules on one handler would leave open which of them holds. */
function once(value: AccessRule): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    if (Reflect.hasMetadata(accessRule, descriptor.value as object)) {
      throw new Error(`${target.constructor.name}.${String(key)} has two access rules; keep one.`);
    }
    SetMetadata(accessRule, value)(target, key, descriptor);
  };
}
