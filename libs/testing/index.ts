export { costOf } from './cost.js';
export { eventually } from './eventually.js';
export { figure, verdict } from './figure.js';
export { TestMeter } from './meter.js';
export { type RedisDatabase, takeRedisDatabase } from './redis-database.js';
export { isLong, sized } from './size.js';
export { type Arrival, SmtpSink } from './smtp-sink.js';
export { type Passing, TcpProxy } from './tcp-proxy.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
