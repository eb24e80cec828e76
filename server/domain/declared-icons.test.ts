import { expect, test } from 'vitest';
import { chooseIcon, readIcons } from './declared-icons.ts';

test('leaves out icons that cannot be fetched safely', () => {
  const sources = [
    'https://example.com/icon.png',
    'http://example.com/icon.png',
    'https://user:secret@example.com/icon.png',
    'javascript:alert(1)',
    'file:///etc/hostname',
    'data:text/html,<p>',
    'data:image/png;base64,iVBORw0KGgo=',
    `data:image/png;base64,${'A'.repeat(70_000)}`,
    'icon.png',
  ];
  expect(readIcons(sources.map((src) => ({ src }))).map(({ src }) => src)).toEqual([sources[0], sources[6]]);
  expect(readIcons('https://example.com/icon.png')).toEqual([]);
  expect(readIcons([{ source: 'x' }, null, 4])).toEqual([]);
});

test('chooses an icon for the theme, and the smallest that is large enough', () => {
  const icons = readIcons([
    { src: 'https://a.example/16', sizes: ['16x16'] },
    { src: 'https://a.example/512', sizes: '512x512' },
    { src: 'https://a.example/128', sizes: ['64x64', '128x128'] },
    { src: 'https://a.example/dark', sizes: ['32x32'], theme: 'dark' },
  ]);
  expect(chooseIcon(icons, 'light')?.src).toBe('https://a.example/128');
  expect(chooseIcon(icons, 'dark')?.src).toBe('https://a.example/dark');
  expect(chooseIcon(icons.slice(3), 'light')).toBeNull();
});
