import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { createDocumentCache } from './document-cache.ts';

const document = parse('{ viewer { id } }');

test('keeps the documents used last within its size', () => {
  const cache = createDocumentCache(100);
  const texts = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(25));
  for (const text of texts.slice(0, 4)) cache.set(text, document);
  expect(cache.get(texts[0] ?? '')).toBe(document);
  cache.set(texts[4] ?? '', document);
  expect(texts.map((text) => cache.get(text) !== undefined)).toEqual([true, false, true, true, true]);
});

test('does not let one large document push out all others', () => {
  const cache = createDocumentCache(100);
  cache.set('small', document);
  cache.set('x'.repeat(90), document);
  expect(cache.get('small')).toBe(document);
  expect(cache.get('x'.repeat(90))).toBeUndefined();
});

test('counts a document that is set again once', () => {
  const cache = createDocumentCache(100);
  const text = 'a'.repeat(25);
  for (let time = 0; time < 10; time += 1) cache.set(text, document);
  cache.set('b'.repeat(25), document);
  expect(cache.get(text)).toBe(document);
});
