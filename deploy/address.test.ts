import { expect, test } from 'vitest';
import { machineAddress } from './address.ts';

const machine = { id: '148ed127c12d38', localPort: 40_123 };

test('a local machine is reached on its loopback port, and nowhere until that is known', () => {
  expect(machineAddress(machine, { kind: 'local' })).toEqual({ origin: 'http://127.0.0.1:40123', headers: {} });
  expect(machineAddress({ ...machine, localPort: null }, { kind: 'local' })).toBeNull();
});

test('a single tenant reaches its machines over the private network', () => {
  expect(machineAddress(machine, { kind: '6pn', app: 'mcp' })?.origin).toBe(
    'http://148ed127c12d38.vm.mcp.internal:8080',
  );
});

test('reaches an owner’s app through Fly’s proxy, with the machine named in a header and without compression', () => {
  expect(machineAddress(machine, { kind: 'fly-proxy', app: 'mcp-u1' })).toEqual({
    origin: 'https://mcp-u1.fly.dev',
    headers: { 'fly-force-instance-id': '148ed127c12d38', 'accept-encoding': 'identity' },
  });
});
