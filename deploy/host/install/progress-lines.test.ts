import { expect, test } from 'vitest';
import { createProgressLines, shownCommand } from './progress-lines.ts';

test('writes a line every three seconds while something changes', () => {
  let now = 0;
  const lines: string[] = [];
  const report = createProgressLines(
    (line) => lines.push(line),
    () => now,
  );
  const at = (ms: number, change: object) => {
    now = ms;
    report(change);
  };
  at(1_000, { packages: 1 });
  expect(lines).toEqual([]);
  at(3_000, { packages: 57 });
  at(4_000, { bytes: 1_250_000 });
  at(6_000, { bytes: 12_340_000 });
  at(10_000, { bytes: 12_340_000 });
  expect(lines).toEqual(['57 packages fetched', '57 packages fetched, 12.3 MB written']);
});

test('shows a command without the folder of the installation and without flags of the host', () => {
  const args = ['install', '--omit=dev', 'orbit@1.0.0', '--loglevel=http', '--prefix', '/data/i1'];
  expect(shownCommand('npm', args, '/data/i1')).toBe('$ npm install --omit=dev orbit@1.0.0');
  expect(shownCommand('uv', ['venv', '/data/i1/venv'], '/data/i1')).toBe('$ uv venv ./venv');
});
