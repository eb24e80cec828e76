import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { HIDING, startHiding } from '#deploy/host/views/hiding.testing.ts';
import { addDeployment, openTestApp, type TestApp } from '#server/compose/app.testing.ts';

export const SAVE = `mutation ($input: SaveViewInput!) {
  saveView(input: $input) {
    __typename
    ... on View { id name url revision rules effect { toolsBefore toolsAfter notes } }
    ... on UserError { code message }
    ... on InvalidInputError { fields { field message } }
  }
}`;
export const CREATE_TOKEN = `mutation ($input: CreateAccessTokenInput!) {
  createAccessToken(input: $input) {
    __typename
    ... on AccessTokenPayload { token accessToken { view { name } } }
    ... on UserError { code message }
  }
}`;

/** An app with a deployment whose server has something to hide, behind a real host. */
export async function openViewsRig(variables: Record<string, string> = {}) {
  await using opened = new AsyncDisposableStack();
  const host = await startHiding('legacy');
  opened.defer(() => host.close({ drainMs: 0 }));
  const app: TestApp = await openTestApp(variables);
  opened.defer(app.close);
  const [owner, other] = [await app.addUser('owner'), await app.addUser('other')];
  const { id, releaseId } = await addDeployment(app.prisma, owner.id, 'Hiding');
  const hostToken = await app.storage.envelopes.seal('not asked for', {
    purpose: 'host-token',
    subject: releaseId,
    version: 1,
  });
  await app.prisma.release.update({ where: { id: releaseId }, data: { hostToken } });
  const machine = { app: 'catwalk-test', name: id, configHash: '', machineId: '148e4ddc', region: 'local' };
  await app.prisma.machine.create({ data: { ...machine, deploymentId: id, releaseId, address: host.url } });

  const save = async (name: string, rules: unknown = HIDING, token = owner.token) =>
    (await app.ask(token, SAVE, { input: { deploymentId: id, name, rules } })).data?.['saveView'] as Record<
      string,
      unknown
    >;
  const makeToken = async (view?: string) => {
    const input = { deploymentId: id, name: 'test', ...(view === undefined ? {} : { view }) };
    const made = (await app.ask(owner.token, CREATE_TOKEN, { input })).data?.['createAccessToken'];
    return (made as { token: string }).token;
  };
  const address = (view?: string) => `${app.origin}/api/mcp/${id}${view === undefined ? '' : `/v/${view}`}`;
  const connect = async (token: string, view?: string, era: 'legacy' | 'modern' = 'legacy') => {
    const mode = era === 'modern' ? { pin: '2026-07-28' } : 'legacy';
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(address(view)), { requestInit }));
    return client;
  };
  const running = opened.move();
  return {
    app,
    host,
    owner,
    other,
    id,
    releaseId,
    save,
    makeToken,
    address,
    connect,
    close: () => running.disposeAsync(),
  };
}

export type ViewsRig = Awaited<ReturnType<typeof openViewsRig>>;
