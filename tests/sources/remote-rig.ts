import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { onTestFinished } from 'vitest';
import { openTestApp } from '#server/compose/app.testing.ts';
import { createSignInLinks } from '#server/domain/identity/sign-in-links.ts';
import { type Browser, openBrowser } from '#server/http/browser.testing.ts';

type Outcome = { __typename: string; code?: string; message?: string; hint?: string } & Record<string, unknown>;
type Status = { status: string; failure: { code: string; message: string } | null };

const REFUSAL = '__typename ... on UserError { code message hint }';

/** A whole server that may visit the given origins on loopback, and a browser in which its owner is signed in. */
export async function openRemoteRig(
  trusted: readonly string[],
  variables: Record<string, string> = {},
  options: Parameters<typeof openTestApp>[1] = {},
) {
  const app = await openTestApp(
    {
      REMOTE_ORIGINS_TRUSTED: trusted.join(','),
      MACHINES_ISOLATION: 'none',
      RATE_LIMIT_PER_MINUTE: '100000',
      ...variables,
    },
    options,
  );
  const links = createSignInLinks({ prisma: app.prisma, clock: () => new Date() });
  const signIn = async (userId: string): Promise<Browser> => {
    const browser = openBrowser(app);
    await browser.useLink(`${app.origin}/sign-in?token=${await links.create(userId, 60_000)}`);
    return browser;
  };
  const owner = await signIn(app.owner.id);
  const { token } = await app.tokenFor(app.owner.id);

  const mutate = async (selection: string, given: object): Promise<Outcome> => {
    const { data, errors } = await app.ask(token, selection, given);
    if (!data) throw new Error(JSON.stringify(errors));
    return data['it'] as Outcome; // every mutation below calls its field so
  };

  const analyze = async (source: string): Promise<string> => {
    const started = await mutate(
      `mutation A($source: String!) { it: analyze(input: { source: $source }) { ${REFUSAL} ... on Analysis { id } } }`,
      { source },
    );
    const id = String(started['id']);
    const progress = app.follow(token, 'subscription ($id: ID!) { analysisProgress(id: $id) { status } }', { id });
    for await (const { data } of progress) {
      if ((data as { analysisProgress: { status: string } }).analysisProgress.status !== 'RUNNING') break;
    }
    return id;
  };

  return {
    ...app,
    ownerBrowser: owner,
    signIn,
    /** Deploys a remote server. Returns its id, and the token of its endpoint. */
    deploy: async (url: string, credentials: { name: string; value: string }[] = []) => {
      const input = { analysisId: await analyze(url), credentials };
      const deployed = await mutate(
        `mutation D($input: DeployInput!) { it: deploy(input: $input) {
          ${REFUSAL} ... on DeployPayload { accessToken deployment { databaseId } } } }`,
        { input },
      );
      if (deployed.__typename !== 'DeployPayload') throw new Error(JSON.stringify(deployed));
      const { databaseId } = deployed['deployment'] as { databaseId: string }; // the mutation above
      return { id: databaseId, accessToken: String(deployed['accessToken']) };
    },
    /** Waits until a deployment has the status. */
    until: async (id: string, wanted: string): Promise<Status> => {
      const query = `subscription ($id: ID!) { deploymentStatus(id: $id) { deployment { status failure { code message } } } }`;
      for await (const { data } of app.follow(token, query, { id })) {
        const { deployment } = (data as { deploymentStatus: { deployment: Status } }).deploymentStatus;
        if (deployment.status === wanted) return deployment;
      }
      throw new Error(`The subscription ended before ${wanted}.`);
    },
    connect: (deploymentId: string, client: object = {}) =>
      mutate(
        `mutation C($input: ConnectRemoteInput!) { it: connectRemote(input: $input) {
          ${REFUSAL} ... on ConnectRemotePayload { authorizationUrl expiresAt } } }`,
        { input: { deploymentId, ...client } },
      ),
    disconnect: (deploymentId: string) =>
      mutate(`mutation D($id: ID!) { it: disconnectRemote(deploymentId: $id) { ${REFUSAL} } }`, { id: deploymentId }),
    delete: (id: string) => mutate(`mutation D($id: ID!) { it: deleteDeployment(id: $id) { ${REFUSAL} } }`, { id }),
    connectionOf: async (id: string) => {
      const query = `query ($id: ID!) { deployment(id: $id) { remoteConnection {
        issuer scopes wantedScopes connectedAt expiresAt problem } } }`;
      const { data } = await app.ask(token, query, { id });
      const found = data?.['deployment'] as { remoteConnection: Record<string, unknown> | null } | undefined; // the query above
      return found?.remoteConnection ?? null;
    },
    /** An official client at the endpoint. It ends with the test. */
    openClient: async (id: string, accessToken: string): Promise<Client> => {
      const client = new Client({ name: 'test', version: '1.0.0' });
      const requestInit = { headers: { Authorization: `Bearer ${accessToken}` } };
      await client.connect(new StreamableHTTPClientTransport(new URL(`${app.origin}/api/mcp/${id}`), { requestInit }));
      onTestFinished(() => client.close());
      return client;
    },
  };
}

export type RemoteRig = Awaited<ReturnType<typeof openRemoteRig>>;

/** Signs in at the authorization server. Returns the path at Catwalk that it sends the browser back to. */
export async function signInAt(authorizationUrl: unknown): Promise<string> {
  const answer = await fetch(String(authorizationUrl), { redirect: 'manual' });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`No redirect: ${answer.status} ${await answer.text()}`);
  const { pathname, search } = new URL(location);
  return pathname + search;
}

/** The whole way of an owner who presses Connect. */
export async function signInFully(rig: RemoteRig, id: string, client: object = {}) {
  const begun = await rig.connect(id, client);
  if (begun.__typename !== 'ConnectRemotePayload') throw new Error(JSON.stringify(begun));
  return rig.ownerBrowser.send(await signInAt(begun['authorizationUrl']));
}
