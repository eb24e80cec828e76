import { expect, test } from 'vitest';
import { ICON_BYTES_MAX, imageOfDataUrl, imageTypeOf, toImage } from './icon-image.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');

test.each([
  ['image/png', PNG],
  ['image/jpeg', Buffer.from('ffd8ffe0', 'hex')],
  ['image/gif', Buffer.from('GIF89a')],
  ['image/webp', Buffer.from('RIFF\0\0\0\0WEBPVP8 ')],
  ['image/svg+xml', Buffer.from('<?xml version="1.0"?>\n<!-- logo -->\n<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['image/svg+xml', Buffer.from('<svg viewBox="0 0 1 1"></svg>')],
])('knows %s by its bytes', (type, bytes) => {
  expect(imageTypeOf(bytes)).toBe(type);
});

test.each([
  ['a page', '<!doctype html><svg></svg>'],
  ['a script', 'alert(1)'],
  ['a page that begins like an SVG', '<svgx><script>'],
])('refuses %s', (_name, text) => {
  expect(imageTypeOf(Buffer.from(text))).toBeNull();
});

test('refuses an image that is empty or larger than 256 kB', () => {
  expect(toImage(Buffer.alloc(0))).toBeNull();
  expect(toImage(Buffer.concat([PNG, Buffer.alloc(ICON_BYTES_MAX)]))).toBeNull();
});

test('decodes data URLs, with base64 and without', () => {
  expect(imageOfDataUrl(`data:image/png;base64,${PNG.toString('base64')}`)).toEqual({ type: 'image/png', bytes: PNG });

  expect(imageOfDataUrl('data:image/svg+xml,%3Csvg%3E%3C/svg%3E')?.type).toBe('image/svg+xml');
  expect(imageOfDataUrl('data:image/png,%')).toBeNull();
});
