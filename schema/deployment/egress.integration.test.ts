import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDeployment, openTestApp, type TestApp } from '#server/compose/app.testing.ts';

let app: TestApp;
let owner: { id: string; token: string };
let other: { id: string; token: string };
let id: string;

beforeAll(async () => {
  app = await openTestApp();
  [owner, other] = [await app.addUser('owner'), await app.addUser('other')];
  ({ id } = await addDeployment(app.prisma, owner.id));
  const at = new Date('2027-01-01T00:00:00Z');
  const denied = { deploymentId: id, rule: 'EGRESS_NOT_LISTED', entry: 'a.example', count: 2, firstAt: at, lastAt: at };
  await app.prisma.containedAct.create({ data: { ...denied, subject: 'a.example:443' } });
});
afterAll(async () => {
  await app.close();
});

const READ =
  'query ($id: ID!) { deployment(id: $id) { egress { policy hosts } containedActs { rule subject entry count lastAt } } }';
const LIMIT = `mutation ($input: UpdateDeploymentInput!) {
  updateDeployment(input: $input) { __typename ... on Deployment { egress { policy hosts } } ... on UserError { code } }
}`;

test('the owner reads what a server may reach, and what walls have stopped', async () => {
  expect((await app.ask(owner.token, READ, { id })).data).toEqual({
    deployment: {
      egress: { policy: 'MACHINE', hosts: [] },
      containedActs: [
        {
          rule: 'EGRESS_NOT_LISTED',
          subject: 'a.example:443',
          entry: 'a.example',
          count: 2,
          lastAt: '2027-01-01T00:00:00.000Z',
        },
      ],
    },
  });
});

test('an entry that is no host is refused', async () => {
  const refused = await app.ask(owner.token, LIMIT, { input: { id, egressHosts: ['https://a.example/'] } });
  expect(refused.data).toMatchObject({ updateDeployment: { code: 'INVALID_INPUT' } });
});

test('another user neither sees nor changes it', async () => {
  expect((await app.ask(other.token, READ, { id })).data).toEqual({ deployment: null });
  const refused = await app.ask(other.token, LIMIT, { input: { id, egressHosts: ['a.example'] } });
  expect(refused.data).toMatchObject({ updateDeployment: { code: 'NOT_FOUND' } });
});
