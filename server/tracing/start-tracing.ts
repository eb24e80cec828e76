import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { createCallSpans } from './call-spans.ts';
import { GivenSpanIds } from './given-span-ids.ts';
import { createRequestTraces } from './request-spans.ts';
import type { Tracing, TracingOptions } from './tracing.ts';

const EXPORT_MS_MAX = 10_000;
const CLOSE_MS_MAX = 5_000;

/** OTLP, section "Endpoint URLs for OTLP/HTTP": the path of the signal follows that of the endpoint. */
const tracesUrl = (endpoint: string): string => `${endpoint}/v1/traces`;

/**
 * Starts the SDK. The name of the service and headers for the collector come from its own variables (`OTEL_SERVICE_NAME`,
 * `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_EXPORTER_OTLP_HEADERS`), which it reads by itself. What a caller decided about the
 * sampling of a trace holds; everything else is sampled.
 */
export function startTracing({
  endpoint,
  version,
  onWarning,
}: Omit<TracingOptions, 'endpoint'> & { endpoint: string }): Tracing {
  diag.setLogger(
    { error: onWarning, warn: onWarning, info: () => {}, debug: () => {}, verbose: () => {} },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const ids = new GivenSpanIds();
  const provider = new TracerProvider({
    idGenerator: ids,
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'catwalk', 'service.version': version }))
      .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] })),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis: EXPORT_MS_MAX }),
      }),
    ],
  });
  return {
    requests: createRequestTraces(provider.getTracer('catwalk-endpoint', version)),
    calls: createCallSpans(provider.getTracer('catwalk-host', version), ids),
    close: async () => {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, CLOSE_MS_MAX);
      // What the collector does not take is reported as a warning.
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}
