import { expect, test } from 'vitest';
import { TABS, tabsOf } from './tabs.ts';

const labelsOf = (isBundle: boolean) => tabsOf({ isBundle }).map(({ label }) => label);

test('a bundle has members, and no tabs of a process or a package', () => {
  expect(labelsOf(true)).toEqual(['Overview', 'Members', 'Calls', 'Playground', 'Access', 'Settings']);
});

test('every other deployment has all tabs but members', () => {
  expect(labelsOf(false)).toEqual(TABS.map(({ label }) => label).filter((label) => label !== 'Members'));
});
