import { expect, test } from 'vitest';
import { matching } from './matching.ts';

const action = (label: string, description = '', keywords: string[] = []) => ({
  id: label,
  label,
  description,
  keywords,
});
const labels = (query: string, groups: Parameters<typeof matching>[1]) =>
  matching(query, groups).map(({ group, actions }) => [group, actions.map(({ label }) => label)]);

const groups = [
  { group: 'Pages', actions: [action('Audit'), action('Settings', 'Keys and limits')] },
  {
    group: 'Deployments',
    actions: [action('my weather', 'Running'), action('weather', 'Failed'), action('notes', 'weather-notes')],
  },
];

test('all words must occur, anywhere in what an action says of itself', () => {
  expect(labels('keys SETT', groups)).toEqual([['Pages', ['Settings']]]);
  expect(labels('sign', [{ group: 'You', actions: [action('Log out', '', ['sign out'])] }])).toEqual([
    ['You', ['Log out']],
  ]);
  expect(labels('nothing', groups)).toEqual([]);
});

test('a label that begins with it stands before one that has it, and both before a mere description', () => {
  expect(labels('weather', groups)).toEqual([['Deployments', ['weather', 'my weather', 'notes']]]);
});

test('a group of two hundred shows as many as the eye takes in, and the next group stays in sight', () => {
  const many = Array.from({ length: 200 }, (_, at) => action(`item ${at}`));
  const shown = matching('', [{ group: 'Deployments', actions: many }, ...groups]);
  expect(shown.map(({ actions }) => actions.length)).toEqual([8, 2, 3]);
});
