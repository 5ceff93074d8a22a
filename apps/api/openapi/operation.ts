import { STATUS_CODES } from 'node:http';
import type { ContentObject, OperationObject, ParameterObject, ResponseObject } from '@nestjs/swagger';
import { neededOfServices } from '#libs/access';
import { type Failure, failureResponse, headerRef, limitHeaders, parameterRef } from './components.js';
import type { Route } from './routes.js';

const mutatingMethods = new Set(['post', 'put', 'patch', 'delete']);

/** The properties of one operation that follow from its decorators and its inputs. */
interface Traits extends Route {
  isPublic: boolean;
  isMutating: boolean;
  /**
   * True when a repetition with the same Idempotency-Key takes effect once. Public routes have no principal that could own a
   * key, and routes whose answer sets a cookie ignore it.
   */
  isKeyed: boolean;
  hasBody: boolean;
  hasCursor: boolean;
  hasIfMatch: boolean;
  hasPathParameter: boolean;
}

/** Adds the parameters, header fields and failures of the request pipeline to an operation. */
export function enrich(operation: OperationObject, method: string, route: Route): void {
  const parameters = (operation.parameters ?? []) as ParameterObject[];
  const isPublic = route.access?.kind === 'public';
  const isMutating = mutatingMethods.has(method);
  const traits: Traits = {
    ...route,
    isPublic,
    isMutating,
    isKeyed: isMutating && !isPublic && !route.ignoresKey,
    hasBody: operation.requestBody !== undefined,
    hasCursor: parameters.some(({ name }) => name === 'cursor'),
    hasIfMatch: parameters.some(({ name }) => name === 'If-Match'),
    hasPathParameter: parameters.some((parameter) => parameter.in === 'path'),
  };
  operation.parameters = [...parameters.map(asSent), ...parametersOf(traits)];
  if (route.proof) operation.security = [{ session: [] }];
  else if (route.access && route.access.kind !== 'service' && neededOfServices(route.access, method))
    operation.security = [...(operation.security ?? []), { access_token: [] }];
  if (method === 'patch') acceptMergePatch(operation);
  describeForm(operation);
  for (const [status, response] of Object.entries(operation.responses))
    describeSuccess(response as ResponseObject, status, traits);
  Object.assign(operation.responses, Object.fromEntries(failuresOf(traits).map(failureResponse)));
  if (isConditionalRead(traits))
    operation.responses['304'] = {
      description: 'Not modified.',
      headers: { ETag: headerRef('ETag'), ...(traits.isLimited && limitHeaders) },
    };
  operation.responses.default = { $ref: '#/components/responses/Problem' };
}

const isConditionalRead = ({ isVersioned, isMutating }: Traits) => isVersioned && !isMutating;

/** Corrects a header parameter: Nest keeps the spelling of the code and calls every one required, but only If-Match is. */
function asSent(parameter: ParameterObject): ParameterObject {
  if (parameter.in !== 'header' || parameter.name === 'If-Match') return parameter;
  const name = parameter.name.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
  return { ...parameter, name, required: false };
}

function parametersOf(traits: Traits) {
  return [
    ...(traits.isKeyed ? [parameterRef(traits.needsKey ? 'IdempotencyKey' : 'OptionalIdempotencyKey')] : []),
    ...(isConditionalRead(traits) ? [parameterRef('IfNoneMatch')] : []),
  ];
}

/** Adds the second media type: every PATCH is a JSON Merge Patch (RFC 7396), under either media type. */
function acceptMergePatch({ requestBody }: OperationObject): void {
  const { content } = requestBody as { content: ContentObject };
  const schema = content['application/json'];
  if (schema) content['application/merge-patch+json'] = schema;
}

/** Describes the form of an upload, in which the file is a part. Nest has one schema for all media types of a body. */
function describeForm({ requestBody }: OperationObject): void {
  const content = (requestBody as { content: ContentObject } | undefined)?.content['multipart/form-data'];
  if (content?.schema)
    content.schema = { type: 'object', properties: { file: content.schema }, required: ['file'] };
}

function describeSuccess(response: ResponseObject, status: string, traits: Traits): void {
  response.description ||= `${STATUS_CODES[status]}.`;
  const headers = {
    ...(traits.isVersioned && { ETag: headerRef('ETag') }),
    ...(traits.isLocated && status !== '200' && { Location: headerRef('Location') }),
    ...(traits.hasCursor && { Link: headerRef('Link') }),
    ...(traits.isKeyed && { 'Idempotency-Replayed': headerRef('IdempotencyReplayed') }),
    ...(traits.isLimited && limitHeaders),
  };
  if (Object.keys(headers).length > 0) response.headers = { ...response.headers, ...headers };
  if (traits.produces && status !== '204' && !response.content)
    response.content = { [traits.produces]: { schema: { type: 'string' } } };
}

function failuresOf(traits: Traits): Failure[] {
  const possible: Record<Failure, boolean> = {
    malformed: traits.hasBody || traits.hasCursor || traits.isKeyed,
    unauthenticated: !traits.isPublic,
    // A change that a browser sends from another site is refused for every caller, and so is an API key in place of a session.
    forbidden:
      traits.isMutating ||
      traits.proof !== undefined ||
      (!traits.isPublic && traits.access?.kind !== 'authenticated'),
    'not-found': traits.hasPathParameter,
    conflict: traits.isMutating && !traits.isPublic,
    'precondition-failed': traits.hasIfMatch,
    'too-large': traits.hasBody,
    'unsupported-media': traits.hasBody,
    // Every route refuses unknown query parameters.
    invalid: true,
    'precondition-required': traits.hasIfMatch,
    limited: traits.isLimited,
    unavailable: true,
  };
  return (Object.keys(possible) as Failure[]).filter((failure) => possible[failure]);
}
