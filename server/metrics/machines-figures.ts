import { Counter, Histogram, type Registry } from 'prom-client';
import type { ObservedCall } from '#deploy/fly/transport.ts';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Calls of the Machines API, with every token; each attempt counts. */
export function createMachinesFigures(registers: Registry[]): (call: ObservedCall) => void {
  const calls = new Counter({
    name: 'catwalk_machines_api_calls_total',
    help: 'Calls of the Machines API, each attempt; rate-limited is its 429, held-back our own limit.',
    labelNames: ['action', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'catwalk_machines_api_call_duration_seconds',
    help: 'From sending a call to its answer.',
    labelNames: ['action'],
    buckets: SECONDS,
    registers,
  });
  const waits = new Histogram({
    name: 'catwalk_machines_api_wait_seconds',
    help: 'What calls waited before they were sent, for our own rate limit; those that waited for nothing are not here.',
    labelNames: ['action'],
    buckets: SECONDS,
    registers,
  });
  return ({ action, outcome, milliseconds, waitedMs }) => {
    calls.inc({ action, outcome });
    if (waitedMs > 0) waits.observe({ action }, waitedMs / 1_000);
    if (outcome !== 'held-back') seconds.observe({ action }, milliseconds / 1_000);
  };
}
