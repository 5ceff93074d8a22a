import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import { type Permission, servicePermissions, type ServiceScope } from './permissions.js';

/** The rule that decides who may call a route. Every handler has exactly one; without one the API refuses to start. */
export type AccessRule =
  | { kind: 'public'; reason: string; recognise: boolean }
  | { kind: 'authenticated'; services: Permission | undefined }
  | { kind: 'permission'; permissions: Permission[] }
  | { kind: 'service'; scope: ServiceScope };

export const accessRule = Symbol('access rule');

/** Opens a route to every caller and names the reason. With `recognise` the handler gets the principal when there is one. */
export const Public = (reason: string, { recognise = false } = {}) =>
  rule({ kind: 'public', reason, recognise }, 'anybody');

/**
 * Allows every authenticated user. With `services` it also allows services with this permission to read, on a route where users
 * need it only for what belongs to others.
 */
export const Authenticated = ({ services }: { services?: Permission } = {}) =>
  rule(
    { kind: 'authenticated', services },
    services === undefined ? 'signed in' : `signed in, or services with ${services}`,
  );

/** Allows callers who have all of these permissions. Services only read with them. */
export const RequirePermission = (...permissions: [Permission, ...Permission[]]) =>
  rule({ kind: 'permission', permissions }, permissions.join(', '));

/** Allows services with an access token of this scope. It refuses every browser session. */
export const ServiceOnly = (scope: ServiceScope) => rule({ kind: 'service', scope }, `service: ${scope}`);

const readingMethods = new Set(['GET', 'HEAD']);

/**
 * Returns the scopes that a service needs for a route, or undefined when the route is for users. A service starts no job and
 * changes nothing: a job acts with the rights of a user, which are asked for as it runs.
 */
export function neededOfServices(rule: AccessRule, method: string): readonly ServiceScope[] | undefined {
  if (rule.kind === 'service') return [rule.scope];
  if (!readingMethods.has(method.toUpperCase())) return undefined;
  const needed = rule.kind === 'permission' ? rule.permissions : [];
  const scopes = rule.kind === 'authenticated' && rule.services ? [rule.services] : needed;
  const mayBeHeld = scopes.length > 0 && scopes.every((scope) => servicePermissions.includes(scope));
  return mayBeHeld ? scopes : undefined;
}

/** The security schemes of the API description. Any one of them is sufficient. */
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

/** Throws for a second rule on a handler, because it would be unclear which of the two applies. */
function once(value: AccessRule): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    if (Reflect.hasMetadata(accessRule, descriptor.value as object)) {
      throw new Error(`${target.constructor.name}.${String(key)} has two access rules; keep one.`);
    }
    SetMetadata(accessRule, value)(target, key, descriptor);
  };
}
