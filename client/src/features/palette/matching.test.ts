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

test('matches actions that contain every word in their label, description or keywords', () => {
  expect(labels('keys SETT', groups)).toEqual([['Pages', ['Settings']]]);
  expect(labels('sign', [{ group: 'You', actions: [action('Log out', '', ['sign out'])] }])).toEqual([
    ['You', ['Log out']],
  ]);
  expect(labels('nothing', groups)).toEqual([]);
});

test('sorts labels that begin with the query first, then labels that contain it, then descriptions', () => {
  expect(labels('weather', groups)).toEqual([['Deployments', ['weather', 'my weather', 'notes']]]);
});

test('limits each group, so that a long one does not hide the next', () => {
  const many = Array.from({ length: 200 }, (_, at) => action(`item ${at}`));
  const shown = matching('', [{ group: 'Deployments', actions: many }, ...groups]);
  expect(shown.map(({ actions }) => actions.length)).toEqual([8, 2, 3]);
});
