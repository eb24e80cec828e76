import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OAuthRig, openOAuthRig } from './rig.ts';

let rig: OAuthRig;
beforeAll(async () => {
  rig = await openOAuthRig();
});
afterAll(() => rig?.close());

test('the connection doctor goes the whole way of a client at an OAuth endpoint, and finds nothing wrong', async () => {
  const query = 'query ($id: ID!) { diagnose(deploymentId: $id) { key state seen } }';
  const { data } = await rig.owner.browser.ask(query, { id: rig.deploymentId });
  const steps = (data?.['diagnose'] ?? []) as { key: string; state: string; seen: string }[]; // the query above
  expect(steps.filter(({ state }) => state === 'FAILED')).toEqual([]);
  const passed = steps.filter(({ state }) => state === 'PASSED').map(({ key }) => key);
  expect(passed).toEqual(expect.arrayContaining(['challenge', 'resource-metadata', 'server-metadata', 'registration']));
});
