import { expect, it } from 'vitest';
import { mergeFigures } from './merge-figures.ts';
import { createMetrics } from './metrics.ts';

const call = {
  method: 'tools/call',
  status: 200,
  isError: false,
  cold: false,
  era: 'legacy' as const,
  translated: false,
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

it('counts calls that were translated, by the era of the client', async () => {
  const metrics = createMetrics();
  metrics.endpointCall(call);
  metrics.endpointCall({ ...call, era: 'modern', translated: true });
  const { text } = await metrics.expose();
  expect(text.match(/^catwalk_endpoint_translated_calls_total.*/gm)).toEqual([
    'catwalk_endpoint_translated_calls_total{era="modern"} 1',
  ]);
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
  one.events.received('deployment');
  expect((await other.expose()).text).not.toContain('topic="deployment"');
});

it('shows everything else when what it reads from the database cannot be had', async () => {
  const metrics = createMetrics();
  metrics.gauges('things', 'Things.', 'status', () => Promise.reject(new Error('the database is away')));
  metrics.events.listening('down');
  const { text } = await metrics.expose();
  expect(text).toContain('catwalk_events_listening 0');
  expect(text).not.toContain('things{');
});

it('counts how often LISTEN came back, and not its first time', async () => {
  const metrics = createMetrics();
  for (const state of ['up', 'down', 'up', 'up'] as const) metrics.events.listening(state);
  expect((await metrics.expose()).text).toContain('catwalk_events_reconnects_total 1');
});

it('tells calls of the Machines API by what became of them, and what our own limit cost', async () => {
  const { machinesCall, expose } = createMetrics();
  machinesCall({ action: 'list', outcome: 'ok', milliseconds: 80, waitedMs: 0 });
  machinesCall({ action: 'start', outcome: 'rate-limited', milliseconds: 20, waitedMs: 1_500 });
  machinesCall({ action: 'start', outcome: 'held-back', milliseconds: 0, waitedMs: 0 });
  const { text } = await expose();
  expect(text).toContain('catwalk_machines_api_calls_total{action="start",outcome="rate-limited"} 1');
  expect(text).toContain('catwalk_machines_api_calls_total{action="start",outcome="held-back"} 1');
  expect(text).toContain('catwalk_machines_api_call_duration_seconds_count{action="start"} 1');
  expect(text).toContain('catwalk_machines_api_call_duration_seconds_bucket{le="0.1",action="list"} 1');
  expect(text).toContain('catwalk_machines_api_wait_seconds_sum{action="start"} 1.5');
  expect(text).not.toContain('catwalk_machines_api_wait_seconds_sum{action="list"}');
});

it('figures of several processes stand beside each other, each metric described once', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.endpointCall(call);
  for (let index = 0; index < 2; index += 1) other.endpointCall(call);
  const { text } = await mergeFigures([
    { process: 0, figures: await one.figures() },
    { process: 3, figures: await other.figures() },
  ]);
  const calls = 'catwalk_endpoint_calls_total{method="tools/call",status="200",error="false",cold="false"';
  expect(text).toContain(`${calls},process="0"} 1`);
  expect(text).toContain(`${calls},process="3"} 2`);
  expect(text).toContain('catwalk_endpoint_call_duration_seconds_bucket{le="0.025",cold="false",process="3"} 2');
  expect(text).toMatch(/^process_start_time_seconds\{process="0"\} \d/m);
  const described = text.match(/^# TYPE .+$/gm) ?? [];
  expect(new Set(described).size).toBe(described.length);
});
