import fc from 'fast-check';
import { expect, test } from 'vitest';
import { onOneLine, replaceSpan, scan, scanBatch, slice } from '#deploy/host/bridge/json-rpc.ts';
import { fromWire, toWire } from '#deploy/host/bridge/wire-values.ts';
import { createLineSplitter } from '#deploy/host/child/line-splitter.ts';
import { FUZZ_TIMEOUT_MS, tries } from './property.ts';

const options = { timeout: FUZZ_TIMEOUT_MS };
const json = fc.jsonValue({ maxDepth: 4 });
const message = fc.record(
  {
    jsonrpc: fc.constant('2.0'),
    id: fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' }), fc.constant(null)),
    method: fc.string({ unit: 'grapheme' }),
    params: fc.oneof(fc.dictionary(fc.string({ unit: 'grapheme' }), json), fc.array(json)),
    extra: json,
    _meta: json,
  },
  { requiredKeys: ['jsonrpc'] },
);
/** As JSON has it, which knows no -0. */
const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value));
/** The same JSON as another serializer writes it. */
const written = (value: unknown, space: number): string =>
  Buffer.from(JSON.stringify(value, null, space), 'utf8').toString('latin1');

test('the scanner finds in a message what a parser finds', options, () => {
  fc.assert(
    fc.property(message.map(asJson), fc.constantFrom(0, 1, 4), (value, space) => {
      const text = written(value, space);
      const envelope = scan(text);
      expect(envelope).not.toBeNull();
      if (!envelope) return;
      expect(envelope.id === null ? undefined : fromWire(envelope.id)).toEqual(value.id);
      expect(envelope.method).toBe(value.method === undefined ? null : envelope.method);
      expect(envelope.params === null ? undefined : fromWire(slice(text, envelope.params))).toEqual(value.params);
      if (envelope.idAt) {
        expect(fromWire(replaceSpan(text, envelope.idAt, '"another"'))).toEqual({ ...value, id: 'another' });
      }
      expect(fromWire(onOneLine(text))).toEqual(value);
      expect(onOneLine(text)).not.toMatch(/[\r\n]/);
    }),
    tries(),
  );
});

test('a batch falls into the messages that a parser sees', options, () => {
  fc.assert(
    fc.property(fc.array(message.map(asJson), { maxLength: 6 }), fc.constantFrom(0, 2), (values, space) => {
      expect(scanBatch(written(values, space))?.map(fromWire)).toEqual(values);
    }),
    tries(),
  );
});

test('text that is no message neither throws nor stalls the scanner', options, () => {
  const broken = fc.oneof(
    fc.string({ unit: 'binary-ascii' }),
    fc.tuple(message, fc.nat()).map(([value, cut]) => written(value, 0).slice(0, cut % 200)),
    fc.array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', ' ', '1', '"id"')).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(broken, (text) => {
      scan(text);
      scanBatch(text);
    }),
    tries(),
  );
});

test('values survive the way to the wire and back', options, () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(fromWire(toWire(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    tries(),
  );
});

test('lines are the same however a stream is cut into chunks', options, () => {
  const bytes = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.constantFrom(Buffer.from('\n'), Buffer.from('\r\n'), Buffer.from('é')),
    ),
  );
  const split = (chunks: Buffer[]): string[] => {
    const lines: string[] = [];
    const splitter = createLineSplitter({ onLine: (line) => lines.push(line) });
    for (const chunk of chunks) splitter.push(chunk);
    splitter.end();
    return lines;
  };
  fc.assert(
    fc.property(bytes, fc.array(fc.integer({ min: 1, max: 9 })), (parts, sizes) => {
      const whole = Buffer.concat(parts.map((part) => Buffer.from(part)));
      const chunks: Buffer[] = [];
      let from = 0;
      for (const size of [...sizes, whole.length]) {
        chunks.push(whole.subarray(from, from + size));
        from += size;
      }
      const expected = whole
        .toString('latin1')
        .split('\n')
        .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
        .filter((line) => line !== '');
      expect(split(chunks)).toEqual(expected);
    }),
    tries(),
  );
});
