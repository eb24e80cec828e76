import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Sparkline } from './Sparkline.tsx';

test('says in words what it draws', () => {
  render(<Sparkline calls={[0, 4, 2]} errors={[0, 1, 0]} />);
  expect(screen.getByRole('img', { name: '6 calls in 24 hours, 1 failed' })).toBeDefined();
});

test('draws a bar for each hour with calls, in proportion, and none for an hour without', () => {
  const { container } = render(<Sparkline calls={[0, 4, 2]} errors={[0, 1, 0]} />);
  const [, calls, errors] = [...container.querySelectorAll('path')].map((path) => path.getAttribute('d'));
  expect([calls, errors]).toEqual(['M4 20v-20h3v20zM8 20v-10h3v10z', 'M4 20v-5h3v5z']);
});

test('says that there were no calls', () => {
  render(<Sparkline calls={[0, 0]} errors={[0, 0]} />);
  expect(screen.getByRole('img', { name: 'No calls in 24 hours' })).toBeDefined();
});
