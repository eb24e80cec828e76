import { expect, test } from 'vitest';
import { capabilityFor, isModernCode, LOG_LEVELS, repeatsHandshake } from './protocol-names.ts';

test.each([
  [-32019, false],
  [-32020, true],
  [-32099, true],
  [-32100, false],
  [-32000, false],
  [-32601, false],
])('the code %i is one of the modern era: %s', (code, expected) => {
  expect(isModernCode(code)).toBe(expected);
});

test.each([
  ['elicitation/create', 'elicitation'],
  ['sampling/createMessage', 'sampling'],
  ['roots/list', 'roots'],
  ['tools/call', null],
  ['toString', null],
])('%s needs the capability %s', (method, capability) => {
  expect(capabilityFor(method)).toBe(capability);
});

test('knows the metadata that repeats a handshake, and the levels of log messages', () => {
  const prefix = 'io.modelcontextprotocol/';
  const names = ['protocolVersion', 'clientInfo', 'clientCapabilities', 'logLevel', 'serverInfo', 'x'];
  expect(names.map((name) => repeatsHandshake(prefix + name))).toEqual([true, true, true, true, false, false]);
  expect(repeatsHandshake('x/io.modelcontextprotocol/logLevel')).toBe(false);
  expect(LOG_LEVELS).toEqual(['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']);
});
