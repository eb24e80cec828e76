import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

const call = {
  method: 'tools/call',
  status: 200,
  isError: false,
  cold: false,
  durationMs: 20,
  bytesIn: 7,
  bytesOut: 9,
};

it('counts what passes through endpoints, with seconds and bytes', async () => {
  const metrics = createMetrics();
  metrics.endpointCall(call);
  metrics.endpointCall({ ...call, cold: true });
  const { text, contentType } = await metrics.expose();
  expect(contentType).toContain('text/plain');
  expect(text).toContain('catwalk_endpoint_calls_total{method="tools/call",status="200",error="false",cold="false"} 1');
  expect(text).toContain('catwalk_endpoint_call_duration_seconds_bucket{le="0.025",cold="true"} 1');
  expect(text).toContain('catwalk_endpoint_bytes_total{direction="out"} 18');
});

it('makes no series of names that a caller invents', async () => {
  const metrics = createMetrics();
  for (let index = 0; index < 50; index += 1) metrics.endpointCall({ ...call, method: `invented/${index}` });
  const { text } = await metrics.expose();
  expect(text.match(/^catwalk_endpoint_calls_total\{/gm)).toHaveLength(1);
  expect(text).toContain('method="(other)"');
});

it('does not let an open stream count as a slow call', async () => {
  const metrics = createMetrics();
  metrics.endpointCall({ ...call, method: '(stream)', durationMs: 3_600_000 });
  expect((await metrics.expose()).text).not.toContain('catwalk_endpoint_call_duration_seconds_count{');
});

it('reads gauges when it is asked, and forgets what is gone', async () => {
  const metrics = createMetrics();
  let figures: [string, number][] = [['RUNNING', 2]];
  metrics.gauges('things', 'Things.', 'status', async () => figures);
  expect((await metrics.expose()).text).toContain('things{status="RUNNING"} 2');
  figures = [['FAILED', 1]];
  const { text } = await metrics.expose();
  expect(text).toContain('things{status="FAILED"} 1');
  expect(text).not.toContain('RUNNING');
});

it('two servers in one process do not mix', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.event('deployment');
  expect((await other.expose()).text).not.toContain('topic="deployment"');
});
