export { accessLog, networkOf } from './access-log.js';
export { AppLogger } from './app-logger.js';
export { count } from './counter.js';
export { LoggingModule } from './logging.module.js';
export { currentTraceId, currentTraceparent, withRemoteParent } from './trace.js';
export { parseTraceparent } from './traceparent.js';
