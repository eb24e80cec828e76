import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import protocol from 'otlp-decoder/build/src/generated/root.js';

type Attribute = { key: string; value: object };
type Id = Uint8Array;
type Span = {
  name: string;
  traceId: Id;
  spanId: Id;
  parentSpanId?: Id;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: Attribute[];
  links?: { traceId: Id; spanId: Id }[];
  status?: { code?: number };
};
type Request = {
  resourceSpans?: {
    resource?: { attributes?: Attribute[] };
    scopeSpans?: { scope?: { name: string }; spans?: Span[] }[];
  }[];
};
type Decoder = { decode(bytes: Uint8Array): object; toObject(message: object, options: object): Request };

// The generated code names no types of its messages.
const { opentelemetry } = protocol as unknown as {
  opentelemetry: { proto: { collector: { trace: { v1: { ExportTraceServiceRequest: Decoder } } } } };
};
const { ExportTraceServiceRequest } = opentelemetry.proto.collector.trace.v1;

export type ReceivedSpan = {
  name: string;
  scope: string;
  service: string;
  traceId: string;
  spanId: string;
  /** Empty for a span without a parent. */
  parentId: string;
  /** As OTLP counts them: 1 internal, 2 server, 3 client. */
  kind: number;
  isError: boolean;
  startMs: number;
  endMs: number;
  attributes: Record<string, unknown>;
  links: { traceId: string; spanId: string }[];
};

const hex = (id: Id | undefined): string => (id === undefined ? '' : Buffer.from(id).toString('hex'));
const toMs = (nanoseconds: string): number => Number(nanoseconds) / 1e6;

const toRecord = (attributes: readonly Attribute[] | undefined): Record<string, unknown> =>
  Object.fromEntries((attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));

/** A receiver of OTLP over HTTP on loopback, which decodes with OpenTelemetry's own definition of the protocol. */
export async function openCollector() {
  const spans: ReceivedSpan[] = [];
  const requests: { path: string; type: string | undefined }[] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', type: request.headers['content-type'] });
    void buffer(request).then((body) => {
      const { resourceSpans } = ExportTraceServiceRequest.toObject(ExportTraceServiceRequest.decode(body), {
        longs: String,
      });
      for (const { resource, scopeSpans } of resourceSpans ?? [])
        for (const { scope, spans: received } of scopeSpans ?? [])
          for (const span of received ?? [])
            spans.push({
              name: span.name,
              scope: scope?.name ?? '',
              service: String(toRecord(resource?.attributes)['service.name']),
              traceId: hex(span.traceId),
              spanId: hex(span.spanId),
              parentId: hex(span.parentSpanId),
              kind: span.kind,
              isError: span.status?.code === 2,
              startMs: toMs(span.startTimeUnixNano),
              endMs: toMs(span.endTimeUnixNano),
              attributes: toRecord(span.attributes),
              links: (span.links ?? []).map((link) => ({
                traceId: hex(link.traceId),
                spanId: hex(link.spanId),
              })),
            });
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
