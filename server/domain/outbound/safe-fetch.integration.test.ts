import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createSafeFetch, ForbiddenAddressError, isPublicAddress } from './safe-fetch.ts';

let inside: Server;
let origin: string;
let visits = 0;
beforeAll(async () => {
  inside = createServer((req, res) => {
    visits += 1;
    if (req.url === '/away') res.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    else res.end('inside');
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(inside.address() as AddressInfo).port}`; // it listens on TCP
});
afterAll(() => inside?.close());

const get = async (trusted: string[], url: string) => {
  const { fetch, close } = createSafeFetch(trusted);
  try {
    return await fetch(url, { headers: {}, signal: AbortSignal.timeout(10_000) });
  } finally {
    await close();
  }
};
/** undici says what a connection failed of only as the cause. */
const causeOf = (error: unknown): unknown =>
  error instanceof ForbiddenAddressError || !(error instanceof Error) || !error.cause ? error : causeOf(error.cause);

describe('an address that is not public', () => {
  test.each([
    ['loopback', ['127.0.0.1', '127.255.255.254', '::1', '0.0.0.0', '::']],
    ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fc00::1', 'fdaa:0:1::3']],
    [
      'link-local, where clouds keep their metadata',
      ['169.254.169.254', '168.63.129.16', 'fe80::1', 'fe80::1%eth0', 'fec0::1'],
    ],
    ['IPv4 within IPv6, mapped', ['::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:10.0.0.1']],
    ['IPv4 within IPv6, compatible', ['::127.0.0.1', '::7f00:1', '::a00:1']],
    ['translated (NAT64)', ['64:ff9b::7f00:1', '64:ff9b::10.0.0.1', '64:ff9b:1::7f00:1']],
    ['tunnelled', ['2002:7f00:1::', '2002:a00:1::', '2001::1']],
    ['multicast and reserved', ['224.0.0.1', '240.0.0.1', '255.255.255.255', 'ff02::1', '2001:db8::1', '192.0.2.1']],
    ['no address at all', ['', 'localhost', '127.1', '0x7f.0.0.1', '2130706433']],
  ])('%s', (_name, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  test('accepts public addresses', () => {
    const addresses = ['1.1.1.1', '140.82.121.4', '2606:4700:4700::1111', '::ffff:1.1.1.1'];
    expect(addresses.filter(isPublicAddress)).toEqual(addresses);
  });
});

test('an address written into the URL is refused before anything is sent, however it is written', async () => {
  const { port } = new URL(origin);
  for (const host of [
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '017700000001',
    '127.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::7f00:1]',
    '[64:ff9b::7f00:1]',
  ]) {
    const error = await get([], `https://${host}:${port}/`).catch(causeOf);
    expect(error, host).toBeInstanceOf(ForbiddenAddressError);
  }
  expect(visits).toBe(0);
});

test('a name is judged by what it resolves to when the connection is made (rebinding)', async () => {
  const { port } = new URL(origin);
  expect(await get([], `https://localhost:${port}/`).catch(causeOf)).toBeInstanceOf(ForbiddenAddressError);
  expect(visits).toBe(0);
});

test('fetches nothing without TLS, except from origins that the operator of this server has named', async () => {
  expect(await get([], origin).catch(causeOf)).toBeInstanceOf(ForbiddenAddressError);
  expect(await (await get([origin], `${origin}/page`)).text()).toBe('inside');
});

test('a redirect is never followed, not even from an origin that is trusted', async () => {
  const answer = await get([origin], `${origin}/away`);
  expect(answer.status).toBe(302);
});

describe('behind a proxy', () => {
  /** A proxy that notes which hosts it was asked for, and reaches none of them. */
  async function openProxy() {
    const asked: string[] = [];
    const server = createServer((_req, res) => res.writeHead(400).end());
    server.on('connect', (req, socket) => {
      asked.push(req.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }; // it listens on TCP
  }
  const getThrough = async (url: string, noProxy = '') => {
    const proxy = await openProxy();
    const { fetch, close } = createSafeFetch([origin], { url: proxy.url, noProxy });
    try {
      const signal = AbortSignal.timeout(10_000);
      const outcome = await fetch(url, { headers: {}, signal }).catch(causeOf);
      return { outcome, asked: proxy.asked };
    } finally {
      await close();
    }
  };

  test('a name that only the proxy can look up is left to the proxy, in a tunnel', async () => {
    const { asked } = await getThrough('https://client.invalid/id.json');
    expect(asked).toEqual(['client.invalid:443']);
  });

  test('a name and an address of the own network are refused before the proxy is asked', async () => {
    for (const url of ['https://localhost/', 'https://127.0.0.1/', 'https://[::1]/', 'http://client.invalid/']) {
      const { outcome, asked } = await getThrough(url);
      expect(outcome, url).toBeInstanceOf(ForbiddenAddressError);
      expect(asked).toEqual([]);
    }
  });

  test('a trusted origin, and a host that goes without the proxy, are reached directly', async () => {
    const trusted = await getThrough(`${origin}/`);
    expect(await (trusted.outcome as Response).text()).toBe('inside');
    expect(trusted.asked).toEqual([]);
    expect((await getThrough('https://client.invalid/', 'client.invalid')).asked).toEqual([]);
  });
});
