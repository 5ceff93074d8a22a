import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import { isServicePermission, type Permission, type ServiceScope } from './permissions.js';

/** The rule that decides who may call a route. Every handler has exactly one; without one the API refuses to start. */
export type AccessRule =
  | { kind: 'public'; reason: string; recognise: boolean }
  | { kind: 'authenticated' }
  | { kind: 'permission'; permissions: Permission[] }
  | { kind: 'service'; scope: ServiceScope };

export const accessRule = Symbol('access rule');

/** Opens a route to every caller and names the reason. With `recognise` the handler gets the principal when there is one. */
export const Public = (reason: string, { recognise = false } = {}) =>
  rule({ kind: 'public', reason, recognise }, 'anybody');

/** Allows every authenticated caller. */
export const Authenticated = () => rule({ kind: 'authenticated' }, 'signed in');

/** Allows callers who have all of these permissions, and services whose token has them as scopes. */
export const RequirePermission = (...permissions: [Permission, ...Permission[]]) =>
  rule({ kind: 'permission', permissions }, permissions.join(', '));

/** Allows services with an access token of this scope. It refuses every browser session. */
export const ServiceOnly = (scope: ServiceScope) => rule({ kind: 'service', scope }, `service: ${scope}`);

/** Returns the security schemes of the API description. Any one of them is sufficient. */
function credentialsOf(rule: AccessRule): string[] {
  if (rule.kind === 'public') return [];
  if (rule.kind === 'service') return ['access_token'];
  const isForServices = rule.kind === 'permission' && rule.permissions.every(isServicePermission);
  return ['session', 'api_key', ...(isForServices ? ['access_token'] : [])];
}

function rule(value: AccessRule, words: string) {
  return applyDecorators(
    once(value),
    ApiExtension('x-access', words),
    ...credentialsOf(value).map((scheme) => ApiSecurity(scheme)),
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
