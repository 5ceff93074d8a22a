import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Usage } from '#libs/context';
import { defineCounter, defineGauge, defineHistogram, requestSecondsBuckets } from '#libs/metrics';

const route = ['http.request.method', 'http.route'] as const;

const measureRequest = defineHistogram({
  name: 'http.server.request.duration',
  unit: 's',
  description:
    'from the arrival of the head until the response was sent; status 499 for a client that left before it',
  attributes: [...route, 'http.response.status_code'],
  buckets: requestSecondsBuckets,
});

export const observeActive = defineGauge({
  name: 'http.server.active_requests',
  unit: '{request}',
  description: 'requests in progress, streams included',
  attributes: [],
});

export const countShed = defineCounter({
  name: 'http.server.shed',
  unit: '{request}',
  description: 'requests that were refused because `MAX_CONCURRENT_REQUESTS` were in progress',
  attributes: [],
});

const countCpu = defineCounter({
  name: 'http.server.cpu.time',
  unit: 's',
  description:
    'CPU time of requests: what passes while several are in progress is divided equally; streams get none',
  attributes: route,
});

const countDatabaseTime = defineCounter({
  name: 'http.server.database.time',
  unit: 's',
  description: 'time for which requests waited for answers of Postgres',
  attributes: route,
});

const measureStatements = defineHistogram({
  name: 'http.server.statements',
  unit: '{statement}',
  description: 'statements that one request sent; those that it shares with others belong to none',
  attributes: route,
  buckets: [0, 1, 2, 5, 10, 20],
});

const countSent = defineCounter({
  name: 'http.server.sent',
  unit: 'By',
  description: 'bytes of responses with their heads',
  attributes: route,
});

/** The methods of RFC 9110 and PATCH. Any other counts as one, as the semantic conventions have it. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/** nginx's status for a client that left. Such a request has no response, and is the fault of no server. */
const clientLeft = 499;

/** What a request has used: its part of the CPU, and its statements. */
export interface RequestUsage extends Usage {
  cpuSeconds: number;
  sentBytes: number;
}

/** Records a request that has ended. Only patterns of routes become attributes: every path without a route is `unmatched`. */
export function recordRequest(request: FastifyRequest, reply: FastifyReply, usage: RequestUsage): void {
  const by = {
    'http.request.method': methods.has(request.method) ? request.method : '_OTHER',
    'http.route': (request.is404 ? undefined : request.routeOptions.url) ?? 'unmatched',
  };
  const status = reply.raw.headersSent ? reply.statusCode : clientLeft;
  measureRequest(reply.elapsedTime / 1000, { ...by, 'http.response.status_code': String(status) });
  countCpu(by, usage.cpuSeconds);
  countDatabaseTime(by, usage.databaseSeconds);
  measureStatements(usage.statements, by);
  countSent(by, usage.sentBytes);
}
