import { fireEvent } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { ServerIcon } from './ServerIcon.tsx';
import { drawingOf } from './server-drawing.ts';

test('a server without an icon is drawn, the same each time, with the letter of its own name', () => {
  expect(drawingOf('@modelcontextprotocol/server-memory')).toEqual(drawingOf('@modelcontextprotocol/server-memory'));
  expect(drawingOf('@modelcontextprotocol/server-memory').letter).toBe('M');
  expect(drawingOf('mcp-server-fetch').letter).toBe('F');
  expect(drawingOf('mcp').letter).toBe('M');
  expect(drawingOf('').letter).toBe('?');
  const hues = new Set(Array.from({ length: 64 }, (_, index) => drawingOf(`package-${index}`).hue));
  expect(hues.size).toBe(8);
});

test('an icon that does not load gives way to the drawing, without a text for screen readers', () => {
  const { container } = renderPage(<ServerIcon name="notes" url="/api/icons/deployments/1?release=2" />);
  const image = container.querySelector('img');
  expect(image?.getAttribute('src')).toBe('/api/icons/deployments/1?release=2&theme=light');
  expect(image?.getAttribute('alt')).toBe('');
  if (image) fireEvent.error(image);
  expect(container.querySelector('img')).toBeNull();
  expect(container.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true');
});
