import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDeployment, openTestApp, type TestApp } from '../compose/app.testing.ts';

let rig: TestApp;
let ann: Awaited<ReturnType<TestApp['addUser']>>;
let bob: Awaited<ReturnType<TestApp['addUser']>>;
let id: string;

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const icons = [{ src: `data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')}`, theme: null, size: 96 }];

beforeAll(async () => {
  rig = await openTestApp();
  ann = await rig.addUser('ann');
  bob = await rig.addUser('bob');
  ({ id } = await addDeployment(rig.prisma, ann.id));
  const { currentReleaseId } = await rig.prisma.deployment.findUniqueOrThrow({ where: { id } });
  await rig.prisma.release.update({ where: { id: currentReleaseId ?? '' }, data: { icons } });
});
afterAll(() => rig?.close());

const iconFor = (token: string | null) =>
  fetch(`${rig.origin}/api/icons/deployments/${id}`, token ? { headers: { authorization: `Bearer ${token}` } } : {});

test('the icon of a deployment is for people who can operate it', async () => {
  expect((await iconFor(ann.token)).status).toBe(200);
  expect((await iconFor(bob.token)).status).toBe(404);
  expect((await iconFor(null)).status).toBe(401);
});

test('an SVG is sent with a policy under which it runs and loads nothing', async () => {
  const { headers } = await iconFor(ann.token);
  expect(headers.get('content-type')).toMatch(/^image\/svg\+xml/);
  expect(headers.get('content-security-policy')).toContain("sandbox; default-src 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('the address of an icon is null where a server declares none that can be shown', async () => {
  const query = '{ deployments { edges { node { iconUrl } } } }';
  const urlOf = async () => (await rig.ask(ann.token, query)).data;
  expect(JSON.stringify(await urlOf())).toContain(`/api/icons/deployments/${id}?release=`);
  const { currentReleaseId } = await rig.prisma.deployment.findUniqueOrThrow({ where: { id } });
  await rig.prisma.release.update({
    where: { id: currentReleaseId ?? '' },
    data: { icons: [{ src: 'http://10.0.0.1/icon.png' }] },
  });
  expect(await urlOf()).toEqual({ deployments: { edges: [{ node: { iconUrl: null } }] } });
  expect((await iconFor(ann.token)).status).toBe(404);
});
