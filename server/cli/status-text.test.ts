import { expect, test } from 'vitest';
import { deploymentSchema } from './operations/deployment.ts';
import { paintStatus, statusText } from './status-text.ts';
import type { Output } from './terminal.ts';

const output: Output = {
  isTty: true,
  columns: () => 80,
  write: () => {},
  line: () => {},
  paint: (color, text) => `<${color}>${text}</${color}>`,
};

test('a status is printed in words, with the phase and the wake under way', () => {
  expect(statusText({ status: 'RUNNING', phase: null })).toBe('running');
  expect(statusText({ status: 'DEPLOYING', phase: 'STARTING_SERVER' })).toBe('deploying (starting server)');
  expect(statusText({ status: 'ASLEEP', phase: null, waking: true })).toBe('waking');
});

test('a status of a newer server is printed as text instead of failing', () => {
  const state = { status: 'BEING_MOVED', phase: null };
  expect(deploymentSchema.shape.status.parse(state.status)).toBe('BEING_MOVED');
  expect(statusText(state)).toBe('being moved');
  expect(paintStatus(output, 'id  being moved  name', state)).toBe('id  <dim>being moved</dim>  name');
});
