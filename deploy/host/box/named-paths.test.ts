import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { namedPaths } from './named-paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'catwalk-named-'));
const [notes, data] = [join(folder, 'notes'), join(folder, 'data')];
mkdirSync(notes);
mkdirSync(data);
writeFileSync(join(data, 'secrets.json'), '{}');
symlinkSync(data, join(folder, 'link'));
symlinkSync('/etc', join(folder, 'settings'));
afterAll(() => rmSync(folder, { recursive: true }));

test('opens what arguments name, also after a flag', () => {
  expect(namedPaths([notes, '--x', 'plain'], [data]).paths).toEqual([notes]);
  expect(namedPaths([`--root=${notes}/`], [data]).paths).toEqual([notes]);
});

test('opens nothing that is absent, of the system, or hidden, also through a link', () => {
  const words = ['/', '/proc', '/etc/ssl', '/usr/bin', '/nowhere', data, join(data, 'secrets.json')];
  const links = [join(folder, 'link'), join(folder, 'settings'), `${folder}/notes/../data`];
  expect(namedPaths([...words, ...links], [data]).paths).toEqual([]);
});

test('hides a folder that lies in one that is opened', () => {
  expect(namedPaths([folder], [data])).toEqual({ paths: [folder], hide: [data] });
  expect(namedPaths([notes], [data]).hide).toEqual([]);
});
