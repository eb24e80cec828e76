import { expect, test } from 'vitest';
import { isMachineOrigin } from './load-route.ts';

test.each([
  ['http://127.0.0.1:40123', true],
  ['http://127.8.9.1:40123', true],
  ['http://localhost:40123', true],
  ['http://148e4ddc.vm.catwalk-mcp.internal:8080', true],
  ['https://catwalk-ann.fly.dev', true],
  ['http://169.254.169.254', false],
  ['http://_api.internal:4280', false],
  ['http://database.internal:5432', false],
  ['http://[fdaa::3]', false],
  ['http://10.0.0.1', false],
  ['http://127.evil.example', false],
  ['https://127.0.0.1:1', false],
  ['https://148e4ddc.vm.catwalk-mcp.internal', false],
  ['http://a.148e4ddc.vm.catwalk-mcp.internal', false],
  ['http://148e4ddc.vm.catwalk-mcp.internal.evil.example', false],
  ['http://catwalk-ann.fly.dev', false],
  ['https://fly.dev.evil.test', false],
  ['http://127.0.0.1:1/path', false],
  ['http://user@127.0.0.1:1', false],
  ['unix:/run/fly', false],
  ['nonsense', false],
])('%s can be the address of a machine: %s', (address, isOne) => {
  expect(isMachineOrigin(address)).toBe(isOne);
});
