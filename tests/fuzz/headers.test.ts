import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AmbiguousHeaderError, readHead, toUpstreamHeaders } from '#server/mcp/request-head.ts';
import { readResponseHead } from '#server/mcp/response-head.ts';
import { FUZZ_TIMEOUT_MS, tries } from './property.ts';

const KNOWN = [
  'Host',
  'Origin',
  'Authorization',
  'Cookie',
  'Connection',
  'Transfer-Encoding',
  'Content-Length',
  'Mcp-Session-Id',
  'Mcp-Protocol-Version',
  'Mcp-Whatever',
  'Catwalk-Host-Token',
  'CATWALK-PRINCIPAL',
  'X-Forwarded-For',
  'Forwarded',
  'Fly-Force-Instance-Id',
  'TE',
  'Upgrade',
  'Proxy-Authorization',
  'Expect',
  'Accept',
  'Set-Cookie',
  'Location',
  'Access-Control-Allow-Origin',
  'Content-Security-Policy',
  'WWW-Authenticate',
  'Content-Type',
  'X-Own',
  'Link',
];
const name = fc.oneof(
  fc.constantFrom(...KNOWN).chain((one) => fc.constantFrom(one, one.toLowerCase(), one.toUpperCase())),
  fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/), // RFC 9110, section 5.6.2
);
const value = fc.oneof(
  fc.stringMatching(/^[\t -~\x80-\xff]{0,40}$/),
  fc.constantFrom(...KNOWN),
  fc.constant('a, b,X-Own'),
);
const NEVER_UP =
  /^(?:host|authorization|cookie|connection|transfer-encoding|te|upgrade|expect|keep-alive|forwarded|proxy-.*|x-forwarded-.*)$/;

test('passes no header of a caller to a machine that names the caller or poses as ours', {
  timeout: FUZZ_TIMEOUT_MS,
}, () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), (pairs) => {
      let head: ReturnType<typeof readHead>;
      try {
        head = readHead(pairs.flat());
      } catch (error) {
        if (error instanceof AmbiguousHeaderError) return;
        throw error;
      }
      const named = new Set(
        pairs
          .filter(([one]) => one.toLowerCase() === 'connection')
          .flatMap(([, list]) => list.split(',').map((token) => token.trim().toLowerCase())),
      );
      const target = { headers: {}, token: 'the host’s token' } as unknown as Parameters<typeof toUpstreamHeaders>[1]; // all it reads
      const sent = toUpstreamHeaders(head, target, 'principal', 'request-1', 'session');
      const names = sent.filter((_, index) => index % 2 === 0).map((one) => one.toLowerCase());
      for (const one of names) expect(one).not.toMatch(NEVER_UP);
      for (const ours of ['catwalk-host-token', 'catwalk-principal', 'catwalk-request-id', 'mcp-session-id']) {
        expect(
          names.filter((one) => one === ours),
          ours,
        ).toHaveLength(1);
      }
      expect(sent[names.indexOf('catwalk-host-token') * 2 + 1]).toBe('the host’s token');
      const passed = names.slice(0, head.forward.length / 2).filter((one) => named.has(one));
      expect(
        passed.filter((one) => !one.startsWith('catwalk-') && one !== 'mcp-session-id' && one !== 'content-length'),
      ).toEqual([]);
    }),
    tries(),
  );
});

const NEVER_DOWN =
  /^(?:set-cookie|location|clear-site-data|strict-transport-security|access-control-.*|content-security-policy.*|www-authenticate|link|connection|catwalk-.*)$/;

test('passes no header of a machine to a caller that acts on our origin', { timeout: FUZZ_TIMEOUT_MS }, () => {
  const headers = fc.dictionary(
    name.map((one) => one.toLowerCase()),
    fc.oneof(value, fc.array(value, { minLength: 2, maxLength: 3 })),
  );
  const type = fc.constantFrom(
    'application/json',
    'text/event-stream',
    'text/html',
    'application/json; charset=utf-8',
    undefined,
  );
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), headers, type, (status, given, contentType) => {
      const upstream = { ...given, ...(contentType === undefined ? {} : { 'content-type': contentType }) };
      const head = readResponseHead(status, upstream, 'machine');
      if (!head.ok) return;
      const names = head.headers.filter((_, index) => index % 2 === 0);
      for (const one of names) expect(one).not.toMatch(NEVER_DOWN);
      if (contentType === 'text/html') expect(head.kind).toBe('empty');
      expect(status < 300 || status >= 400).toBe(true);
    }),
    tries(),
  );
});
