import { expect, test } from 'vitest';
import { askEra } from './era-probe.ts';
import { envelopeOf } from './parts.testing.ts';

const answering = (message: object) => askEra(async () => envelopeOf({ id: 0, ...message }));

test('asks for the description of the stateless protocol, and names its version', async () => {
  let asked = '';
  await askEra(async (message) => {
    asked = message;
    return envelopeOf({ id: 0, result: {} });
  });
  expect(JSON.parse(asked)).toMatchObject({
    jsonrpc: '2.0',
    method: 'server/discover',
    params: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'catwalk', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  });
});

test('a result means the modern era, with the versions in it that are text', async () => {
  const result = { supportedVersions: ['2026-07-28', 7] };
  expect(await answering({ result })).toEqual({
    era: 'modern',
    result: JSON.stringify(result),
    supportedVersions: ['2026-07-28'],
  });
  expect(await answering({ result: { supportedVersions: 'x' } })).toMatchObject({ supportedVersions: [] });
  expect(await answering({ result: {} })).toMatchObject({ era: 'modern', supportedVersions: [] });
});

test.each([-32020, -32021, -32022])('the error %i is known to the modern era only', async (code) => {
  expect(await answering({ error: { code } })).toEqual({ era: 'modern', result: null, supportedVersions: [] });
});

test.each([-32601, -32600, -32602])('the error %i means the legacy era', async (code) => {
  expect(await answering({ error: { code } })).toEqual({ era: 'legacy', answered: true });
});

test('takes a silent child for one of the legacy era', async () => {
  const silent = (_: string, signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  expect(await askEra(silent, 1)).toEqual({ era: 'legacy', answered: false });
});

test('rejects when the child ends', async () => {
  await expect(askEra(() => Promise.reject(new Error('The server has ended.')))).rejects.toThrow('has ended');
});
