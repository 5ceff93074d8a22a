export { HttpAdapter, type HttpEvents } from './adapter.js';
export { CallerQuota } from './caller-quota.js';
export { type ExpectedVersions, IfMatch, isExpected, RequireIfMatch } from './conditional.js';
export { prefersPage } from './content.js';
export { DeclaredInputGuard } from './declared-input.guard.js';
export { timeouts } from './deadlines.js';
export { type DeclaredRoute, declaredRoutes } from './declared-routes.js';
export { Deprecated, DeprecationGuard } from './deprecation.js';
export { type Html, html } from './html.js';
export { HttpModule } from './http.module.js';
export { routeConfigOf, skipsThrottle } from './nest-internals.js';
export { pageResponse } from './page.js';
export { ProblemFilter } from './problem.filter.js';
export { InputInvalid, RouteNotFound, TooManyRequests, VersionStale } from './problems.js';
export {
  LocationHeader,
  located,
  RepresentationInterceptor,
  WithETag,
  versioned,
} from './representation.interceptor.js';
export { callerKeyOf, pathOf } from './request.js';
export { FinalResponse, problemResponse } from './response.js';
export { Consumes, ConsumesForm, Produces, WithoutContent } from './route-settings.js';
export { SchemaPipe } from './schema.pipe.js';
export { lineOfText } from './line-of-text.js';
export { time } from './time.js';
