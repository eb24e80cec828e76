import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#server/logging/log.ts';
import { createSentinels } from '../secrets/sentinels.ts';
import { untilAnswer } from '../until-answer.ts';
import { FIELD, openPersonalRig, type PersonalRig, setKey } from './rig.ts';

const METRICS_TOKEN = 'a-token-for-the-scraper';
const sentinels = createSentinels();
const plant = (name: string) => sentinels.add(name, `Sentinel-${name}-${randomBytes(12).toString('hex')}`);
const logged: string[] = [];

let rig: PersonalRig;
beforeAll(async () => {
  // Without redaction by content: the log itself must not write a value.
  const log = createLog('trace', { write: (line) => void logged.push(line) }, (text) => text);
  rig = await openPersonalRig({ METRICS_TOKEN }, { log });
  await setKey(rig.owner.browser, rig.deploymentId, 'key-of-owner');
});
afterAll(() => rig?.close());

const open = async (token: string) => {
  const client = new Client({ name: 'test', version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(rig.endpoint()), { requestInit }));
  return client;
};

/** The command lines of all processes of this computer that may be read. */
const commandLines = async (): Promise<string> => {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.join('\n');
};

const databaseText = async (): Promise<string> => {
  const { prisma } = rig;
  const tables = await prisma.$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`;
  const rows: unknown[] = [];
  for (const { name } of tables)
    rows.push(await prisma.$queryRawUnsafe(`SELECT to_jsonb(t)::text AS row FROM "${name}" t`));
  return JSON.stringify(rows);
};

type Recorded = { name: string; bodies: { arguments: string | null; result: string | null } | null };
const record = async (recordsBodies: boolean) => {
  const input = { id: rig.deploymentId, recordsBodies };
  const mutation = `mutation Record($input: UpdateDeploymentInput!) { updateDeployment(input: $input) { __typename } }`;
  const { data } = await rig.owner.browser.ask(mutation, { input });
  expect(data).toEqual({ updateDeployment: { __typename: 'Deployment' } });
};
/** What the owner sees of calls, once the call of `tell` that Ben made is among them. */
const recorded = (): Promise<Recorded[]> =>
  untilAnswer(
    async () => {
      const query = `query Calls($id: ID!) { deployment(id: $id) { calls(first: 50) { edges { node { name bodies { arguments result } } } } } }`;
      const { data } = await rig.owner.browser.ask(query, { id: rig.deploymentId });
      type Read = { deployment: { calls: { edges: { node: Recorded }[] } } };
      return (data as Read).deployment.calls.edges.map(({ node }) => node); // what the query selects
    },
    (calls) => calls.filter(({ name, bodies }) => name === 'tell' && bodies !== null).length >= 2,
  );

test('a value of one caller is found nowhere that others can look', async () => {
  const [ann, ben] = [await rig.signUp('ann'), await rig.signUp('ben')];
  const key = plant('ann');
  await setKey(ann.browser, rig.deploymentId, key);
  await setKey(ben.browser, rig.deploymentId, 'key-of-ben');
  const refused = await setKey(ann.browser, rig.deploymentId, `${plant('refused')} with spaces`);
  expect(refused).toMatchObject({ code: 'INVALID_INPUT' });

  await record(true);
  const anns = await open(await rig.connect(ann.browser));
  const own = JSON.stringify([
    await anns.listTools(),
    await anns.callTool({ name: 'tell', arguments: { key: [`my ${key}`] } }),
  ]);
  expect(sentinels.foundIn(own), 'the caller itself gets what its server says').toEqual(['ann']);
  await anns.callTool({ name: 'crash', arguments: {} }).catch(() => {});

  const bens = await open(await rig.connect(ben.browser));
  const bensErrors = await bens.callTool({ name: 'crash', arguments: {} }).catch((error: unknown) => String(error));
  const toBen = JSON.stringify([
    bensErrors,
    await bens.listTools(),
    await bens.callTool({ name: 'tell', arguments: {} }),
    await ben.browser.ask(
      `query Look($id: ID!) { personalValues(deploymentId: $id) { deploymentName set fields { name label default } }
        personalDeployments { deploymentName set } auditEvents { edges { node { type data } } } }`,
      { id: rig.deploymentId },
    ),
  ]);
  const toOwner = JSON.stringify(
    await rig.owner.browser.ask(
      `query Look($id: ID!) { deployment(id: $id) { credentialsSet personalFields argumentValues { value }
        events { edges { node { message } } } tools { description } failure { message stderrTail } }
        auditEvents { edges { node { type data } } } }`,
      { id: rig.deploymentId },
    ),
  );
  const bodies = JSON.stringify(await recorded());
  await record(false);
  const host = rig.host();
  const metrics = await fetch(`${rig.origin}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  const read = async (path: string) => (await host.request(path)).text();
  const places = {
    'answers to another caller': toBen,
    'what the owner sees': toOwner,
    'arguments and results of calls': bodies,
    'the refusal of a value': JSON.stringify(refused),
    'the database': await databaseText(),
    'command lines': await commandLines(),
    'the log of the server': logged.join(''),
    'the log of the host': await read('/logs'),
    'the status of the host': await read('/status'),
    'the offer of the host': await read('/offer'),
    'the values that the host names': await read('/values'),
    metrics: await metrics.text(),
  };
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(0);
    expect(sentinels.foundIn(text), place).toEqual([]);
  }
  expect(places['the log of the host'], 'the server printed its key').toContain('called with [redacted]');
  expect(bodies, 'the caller sent its key').toContain(String.raw`{\"key\":[\"my [redacted]\"]}`);
  expect(bodies, 'the server answered with it').toContain(String.raw`\"text\":\"[redacted]\"`);
  expect(places['the database']).toContain(FIELD);
  await anns.close();
  await bens.close();
});
