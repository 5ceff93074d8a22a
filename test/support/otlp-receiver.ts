import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** The values of SpanKind in OTLP. */
export const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };

/** The value of a status that is an error in OTLP. */
export const failed = 2;

export interface ReceivedSpan {
  resource: Record<string, string | number>;
  service: string;
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  status: { code?: number };
  attributes: Record<string, string | number>;
  links: { traceId: string; spanId: string }[];
}

type Attributes = { key: string; value: { stringValue?: string; intValue?: number } }[];
type ExportedSpan = Omit<ReceivedSpan, 'resource' | 'service' | 'attributes' | 'links'> & {
  attributes: Attributes;
  links?: ReceivedSpan['links'];
};
interface ExportRequest {
  resourceSpans?: { resource: { attributes: Attributes }; scopeSpans: { spans: ExportedSpan[] }[] }[];
  resourceMetrics?: { resource: { attributes: Attributes } }[];
}

/** A receiver of OTLP/HTTP with JSON, as a collector is one. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Of the processes that exported metrics, once for each export. */
  readonly metricResources: Record<string, string | number>[] = [];
  /** Everything that was exported, traces and metrics, as text. */
  exported = '';
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void json(request).then((body) => {
        this.exported += JSON.stringify(body);
        this.spans.push(...spansOf(body as ExportRequest));
        const { resourceMetrics = [] } = body as ExportRequest;
        this.metricResources.push(...resourceMetrics.map(({ resource }) => valuesOf(resource.attributes)));
        response.end('{}');
      });
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await once(receiver.#server.listen(0, '127.0.0.1'), 'listening');
    return receiver;
  }

  /** What makes a process export to it, and soon. */
  get env(): NodeJS.ProcessEnv {
    return exportingTo((this.#server.address() as AddressInfo).port);
  }

  inTrace(traceId: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** What makes a process export to a port of this machine. */
export function exportingTo(port: number): NodeJS.ProcessEnv {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '50',
    // Far off: what arrives was sent when the process stopped.
    OTEL_METRIC_EXPORT_INTERVAL: '3600000',
  };
}

function spansOf({ resourceSpans = [] }: ExportRequest): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const attributesOfProcess = valuesOf(resource.attributes);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ attributes, links = [], ...span }) => ({
        ...span,
        resource: attributesOfProcess,
        service: String(attributesOfProcess['service.name']),
        attributes: valuesOf(attributes),
        links,
      })),
    );
  });
}

function valuesOf(attributes: Attributes): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? '']),
  );
}
