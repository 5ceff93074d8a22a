import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes, ApiProduces } from '@nestjs/swagger';
import type { FastifyContextConfig } from 'fastify';
import { form } from './content.js';
import { timeouts } from './deadlines.js';
import { routeConfigOf } from './nest-internals.js';

/** The server's own limit for a request to arrive, and half a minute to store the rest. */
const uploadTimeoutMs = timeouts.request + 30_000;

/** Nest keeps one route configuration per handler; these add to it. */
function settings(added: FastifyContextConfig): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    RouteConfig({ ...routeConfigOf(descriptor.value as object), ...added })(target, key, descriptor);
  };
}

/**
 * The body is a stream of one of these media types, of at most `maxBytes`. The handler has longer than
 * the server gives the body to arrive, as the sender's connection sets the pace.
 */
export const Consumes = (mediaTypes: string[], maxBytes: number) =>
  applyDecorators(
    settings({ consumes: mediaTypes, maxBytes, handlerTimeoutMs: uploadTimeoutMs }),
    ApiConsumes(...mediaTypes),
  );

/** Bytes. Two JWTs of the size that headers may have. */
const maxFormBytes = 8 * 1024;

/**
 * The body is a form, for a protocol that says so. A browser sends one from any page without asking: such a route must not
 * go by a cookie.
 */
export const ConsumesForm = () =>
  applyDecorators(settings({ consumes: [form], maxBytes: maxFormBytes }), ApiConsumes(form));

/** The answer is of this media type, or of any when that depends on the resource. It may be a stream without a deadline. */
export const Produces = (mediaType: string) =>
  applyDecorators(settings({ produces: mediaType, handlerTimeoutMs: 0 }), ApiProduces(mediaType));
