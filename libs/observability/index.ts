export { accessLog } from './access-log.js';
export { AppLogger } from './app-logger.js';
export { describeError } from './error-text.js';
export { recordFailure, returnFailures, takeFailures } from './failures.js';
export { logOutput } from './log-output.js';
export { LogLevel } from './log-level.js';
export { LoggingModule } from './logging.module.js';
export { type Resource, resourceOf } from './resource.js';
export {
  recordDuration,
  returnSlowest,
  type SlowRequest,
  slowestKept,
  takeSlowest,
} from './slowest-requests.js';
export {
  currentTraceId,
  describeClient,
  describeOutcome,
  inConsumerSpan,
  inSenderSpan,
  traceMessage,
} from './trace.js';
export { traceFields } from './trace-fields.js';
export { parseTraceparent, traceOf, traceUrlOf } from './traceparent.js';
export { version } from './version.js';
