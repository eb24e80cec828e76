import { expect, test } from 'vitest';
import { installOutput } from './install-output.ts';

const line = (at: string, stream: 'INSTALL' | 'STDERR', text: string) => ({ key: `${at} ${text}`, at, stream, text });

test('returns the lines of this installation alone, the command first', () => {
  const lines = [
    line('2026-11-20T10:00:00Z', 'INSTALL', '$ npm install orbit@1.0.0'),
    line('2026-11-20T11:00:01Z', 'INSTALL', '$ npm install orbit@1.1.0'),
    line('2026-11-20T11:00:02Z', 'STDERR', 'Starting'),
    line('2026-11-20T11:00:03Z', 'INSTALL', 'added 3 packages'),
  ];
  const shown = (since: string | null) => installOutput(lines, since).map(({ text }) => text);
  expect(shown('2026-11-20T11:00:00Z')).toEqual(['$ npm install orbit@1.1.0', 'added 3 packages']);
  expect(shown(null)).toHaveLength(3);
});
