import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { listeningAddresses, readSocketTable } from './listening-ports.ts';
import { withFlag } from './server-process.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

test('reads listening sockets that this computer can reach', () => {
  const line = (local: string, state: string, inode: number) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100 0`;
  const table = [
    HEAD,
    line('0100007F:1F90', '0A', 11),
    line('00000000:0BB8', '0A', 12),
    line('00000000000000000000000001000000:0050', '0A', 13),
    line('0100007F:1F91', '01', 14),
    line('0A01A8C0:1F92', '0A', 15),
  ].join('\n');
  expect([...readSocketTable(table)]).toEqual([
    ['11', { host: '127.0.0.1', port: 8080 }],
    ['12', { host: '127.0.0.1', port: 3000 }],
    ['13', { host: '::1', port: 80 }],
  ]);
});

test.runIf(process.platform === 'linux')('finds the port of a process', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP listener has an AddressInfo
  expect(listeningAddresses(process.pid)).toContainEqual({ host: '127.0.0.1', port });
});

test.each([
  [
    ['--transport', 'http', '--port', '3000', 'x'],
    ['--transport', 'http', '--port', '5', 'x'],
  ],
  [['--port=3000'], ['--port=5']],
  [['serve'], ['serve', '--port', '5']],
])('puts the port into %j', (args, expected) => {
  expect(withFlag(args, '--port', '5')).toEqual(expected);
});
