import { expect, test } from 'vitest';
import { defaultDataDir, INSTALLATION } from './installation.ts';

const checkout = { isCheckout: true, root: '/src/catwalk' };
const installed = { isCheckout: false, root: '/lib/node_modules/catwalk-mcp' };

test('this program lies in a checkout', () => {
  expect(INSTALLATION.isCheckout).toBe(true);
});

test('a checkout keeps its data beside itself', () => {
  expect(defaultDataDir({ XDG_DATA_HOME: '/data' }, checkout)).toBe('/src/catwalk/.catwalk');
});

test.each([
  ['linux', { HOME: '/home/ada' }, '/home/ada/.local/share/catwalk'],
  ['linux', { HOME: '/home/ada', XDG_DATA_HOME: '/data' }, '/data/catwalk'],
  ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Application Support/catwalk'],
] as const)('an installed package on %s keeps its data with the user', (platform, env, folder) => {
  expect(defaultDataDir(env, installed, platform)).toBe(folder);
});
