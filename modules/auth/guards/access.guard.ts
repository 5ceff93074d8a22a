import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import {
  AccessDenied,
  type AccessRule,
  accessRule,
  AuthenticationRequired,
  type Principal,
  type RequiredProof,
  requiredProof,
  SessionRequired,
  SudoRequired,
} from '#libs/access';

/** Decides by the route's access rule. Runs before everything that acts on a request, replays included. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const rule = this.reflector.get<AccessRule | undefined>(accessRule, handler);
    if (!rule)
      throw new Error('A route without an access rule was reached; the boot check must have been left out.');
    if (rule.kind === 'public') return true;
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>().work;
    if (!principal) throw new AuthenticationRequired();
    if (rule.kind === 'service') demandScope(principal, rule.scope);
    else demandUser(principal, rule.kind === 'permission' ? rule.permissions : []);
    const proof = this.reflector.get<RequiredProof | undefined>(requiredProof, handler);
    demandProof(principal, proof, context.switchToHttp().getRequest<FastifyRequest>().method);
    return true;
  }
}

function demandScope(principal: Principal, scope: string): void {
  if (principal.kind !== 'service') throw new AccessDenied('This is for services, not for users.');
  if (!principal.scopes.has(scope)) throw new AccessDenied(`It needs a token with the scope ${scope}.`);
}

function demandUser(
  principal: Principal,
  needed: Extract<AccessRule, { kind: 'permission' }>['permissions'],
) {
  if (principal.kind !== 'user') throw new AccessDenied('This is for users, not for services.');
  if (needed.every((permission) => principal.permissions.has(permission))) return;
  throw new AccessDenied(`It needs ${needed.join(' and ')}.`);
}

const safeMethods = new Set(['GET', 'HEAD']);

function demandProof(principal: Principal, proof: RequiredProof | undefined, method: string): void {
  if (proof === undefined) return;
  const session = principal.kind === 'user' ? principal.session : undefined;
  if (!session) throw new SessionRequired();
  const isOwn = session.impersonatorId === undefined;
  if (!isOwn && (proof === 'sudo' || (proof === 'session' && !safeMethods.has(method))))
    throw new AccessDenied('Whoever acts as somebody else changes nothing about the account.');
  if (proof === 'sudo' && !session.isSudo) throw new SudoRequired();
}
