import { expect, test } from 'vitest';
import type { GraphqlClient } from './graphql-client.ts';
import { createOutput } from './terminal.ts';
import { createTimeline } from './timeline.ts';
import { waitFor } from './wait-for.ts';

const AT = '2026-01-01T00:00:00.000Z';

/** Waits for a new deployment whose server tells these events; what is on the screen afterwards. */
async function shown(events: readonly object[]): Promise<string> {
  let text = '';
  const stream = {
    isTTY: false,
    columns: 60,
    write: (chunk: string | Uint8Array) => {
      text += String(chunk);
      return true;
    },
  };
  const client: Pick<GraphqlClient, 'follow'> = {
    follow: async function* (operation) {
      for (const event of events) yield operation.result.parse(event);
    },
  };
  const timeline = createTimeline(createOutput(stream, {}));
  const { signal } = new AbortController();
  expect(await waitFor(client, 'id', { goal: 'running', timeline, signal })).toMatchObject({ verdict: 'reached' });
  return text;
}

const event = (status: string, phase: string | null, timings: Record<string, number>) => ({
  status,
  phase,
  message: '',
  at: AT,
  deployment: {
    targetRelease: { timings: Object.entries(timings).map(([name, milliseconds]) => ({ phase: name, milliseconds })) },
  },
});

test('phases that were over before the first event are shown with their times', async () => {
  const events = [event('DEPLOYING', 'HANDSHAKE', { INSTALLING: 2_500 }), event('RUNNING', null, {})];
  expect(await shown(events)).toMatch(/^ {2}Installing +2\.5 s\n {2}Handshake +0 ms\n$/);
});

test('phases of a deployment that ran before the subscription began are shown with their times', async () => {
  const events = [event('RUNNING', null, { INSTALLING: 2_500, HANDSHAKE: 40 })];
  expect(await shown(events)).toMatch(/^ {2}Installing +2\.5 s\n {2}Handshake +40 ms\n$/);
});
