import { testRoute } from './route.testing.ts';
import type { Route } from './route.ts';
import { createRouteTable } from './route-table.ts';
import { createLocalEvents } from './test-rig.ts';

export const route = (deploymentId: string, status: Route['status'] = 'RUNNING'): Route =>
  testRoute({ deploymentId, status });

/** A table whose reads end when the test says so. */
export function openRouteTable(outageMsMax?: number) {
  const bus = createLocalEvents();
  const reads: { id: string; answer: (route: Route | null) => void; fail: (error: Error) => void }[] = [];
  let nowMs = 0;
  const table = createRouteTable({
    load: (id) => new Promise((answer, fail) => reads.push({ id, answer, fail })),
    events: bus.events,
    nowMs: () => nowMs,
    outageMsMax,
  });
  const fill = async (id: string, value: Route | null = route(id)) => {
    const asked = table.resolve(id);
    reads.at(-1)?.answer(value);
    await asked;
  };
  return {
    bus,
    reads,
    table,
    fill,
    pass: (milliseconds: number) => {
      nowMs += milliseconds;
    },
  };
}
