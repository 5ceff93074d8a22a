import { applyDecorators, HttpCode } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes, ApiProduces } from '@nestjs/swagger';
import type { FastifyContextConfig } from 'fastify';
import { form } from './content.js';
import { timeouts } from './deadlines.js';
import { routeConfigOf } from './nest-internals.js';

/** Milliseconds: the server's own limit for a request to arrive, and half a minute to store the rest. */
const uploadTimeoutMs = timeouts.request + 30_000;

/** Adds settings to the route configuration of a handler, of which Nest keeps only one. */
export function settings(added: FastifyContextConfig): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    RouteConfig({ ...routeConfigOf(descriptor.value as object), ...added })(target, key, descriptor);
  };
}

/**
 * Declares that the body is a stream of one of these media types, of at most `maxBytes`. The handler has more time than the
 * server allows for the body to arrive, because the sender's connection sets the pace.
 */
export const Consumes = (mediaTypes: string[], maxBytes: number) =>
  applyDecorators(
    settings({ consumes: mediaTypes, maxBytes, handlerTimeoutMs: uploadTimeoutMs }),
    ApiConsumes(...mediaTypes),
  );

/** Bytes. Two JWTs of the size that headers may have fit in. */
const maxFormBytes = 8 * 1024;

/**
 * Declares that the body is a form, for a protocol that requires one. Browsers send forms from any page without asking, so
 * such a route must not rely on a cookie.
 */
export const ConsumesForm = () =>
  applyDecorators(settings({ consumes: [form], maxBytes: maxFormBytes }), ApiConsumes(form));

/**
 * Declares that the answer has this media type, or any when it depends on the resource. It may be a stream: the deadline of the
 * handler ends when its answer begins.
 */
export const Produces = (mediaType: string) =>
  applyDecorators(settings({ produces: mediaType }), ApiProduces(mediaType));

/**
 * Sets the status of an answer without content. `Accept` is not negotiated, because there is nothing to choose a media type
 * for (RFC 9110 section 12.1): a browser that follows a link accepts text/html first, and must be redirected all the same.
 */
export const WithoutContent = (status: 200 | 204 | 303) =>
  applyDecorators(HttpCode(status), settings({ produces: null }));
