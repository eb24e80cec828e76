import { expect, test } from 'vitest';
import { matching, readableUrl } from './find-deployment.ts';
import type { DeploymentSummary } from './operations/deployment.ts';

const ID = 'abcd1234-0000-4000-8000-000000000001';
const summary = (more: Partial<DeploymentSummary>): DeploymentSummary => ({
  ...{ id: 'g1', databaseId: ID, name: 'Weather', slug: 'weather', access: 'TOKEN', status: 'RUNNING', phase: null },
  ...{ waking: false, newerVersion: null, createdAt: '', currentRelease: null, targetRelease: null },
  endpointUrl: `http://localhost:3000/api/mcp/${ID}`,
  ...more,
});
const other = summary({ id: 'g2', databaseId: ID.replace('abcd', 'beef'), name: 'weather', slug: 'rain' });

test('a short name means its one deployment, also where another one has it as its name', () => {
  const first = summary({});
  expect(matching('weather', [other, first])).toEqual([first]);
  expect(matching('Weather', [other, first])).toEqual([first]);
  expect(matching('rain', [other, first])).toEqual([other]);
  expect(matching('abcd', [other, first])).toEqual([first]);
  expect(matching('wea', [other, first])).toEqual([]);
});

test('with OAuth the address stays that by id, which the metadata names', () => {
  expect(readableUrl(summary({}))).toBe('http://localhost:3000/api/mcp/weather');
  expect(readableUrl(summary({ access: 'OAUTH' }))).toBe(`http://localhost:3000/api/mcp/${ID}`);
});
