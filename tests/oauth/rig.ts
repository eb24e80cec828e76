import { startTestHost } from '#deploy/host/test-rig.ts';
import { addDeployment, openTestApp, type TestApp } from '#server/compose/app.testing.ts';
import { type Browser, MANY_PEOPLE, openBrowser } from '#server/http/browser.testing.ts';

const PASSWORD = 'correct horse battery';

/** A whole server with an OAuth deployment whose machine is a real host, and its owner in a browser. */
export async function openOAuthRig(
  options: Parameters<typeof openTestApp>[1] = {},
  environment: Record<string, string> = {},
) {
  const host = await startTestHost();
  // Tests must not wait for limits that they did not come to test.
  const variables = { ...MANY_PEOPLE, RATE_LIMIT_PER_MINUTE: '100000', CLIENT_DOCUMENTS: 'on', ...environment };
  const app = await openTestApp(variables, options);
  const signUp = async (name: string) => {
    const browser = openBrowser(app);
    await browser.signUp(`${name}@example.com`, PASSWORD, name);
    const viewer = await browser.viewer();
    if (!viewer) throw new Error('The caller is signed out.');
    return { browser, id: viewer.id };
  };
  const owner = await signUp('ann');

  const deploy = async (access: 'OAUTH' | 'TOKEN' | 'PUBLIC', name = 'Weather'): Promise<string> => {
    const { id, releaseId } = await addDeployment(app.prisma, owner.id, name);
    const context = { purpose: 'host-token', subject: releaseId, version: 1 } as const;
    const hostToken = await app.storage.envelopes.seal('not asked for', context);
    await app.prisma.release.update({ where: { id: releaseId }, data: { hostToken } });
    const machine = { app: 'catwalk-test', name: id, configHash: '', machineId: '148e4ddc', region: 'local' };
    await app.prisma.machine.create({ data: { ...machine, deploymentId: id, releaseId, address: host.url } });
    await app.prisma.deployment.update({ where: { id }, data: { access } });
    return id;
  };
  const deploymentId = await deploy('OAUTH');

  return {
    ...app,
    owner,
    signUp,
    deploy,
    deploymentId,
    endpointUrl: endpointOf(app, deploymentId),
    issuer: `${app.app.url}/oauth/${deploymentId}`,
    close: async () => {
      await app.close();
      await host.close();
    },
  };
}

export type OAuthRig = Awaited<ReturnType<typeof openOAuthRig>>;

export const endpointOf = ({ app }: Pick<TestApp, 'app'>, deploymentId: string) => `${app.url}/api/mcp/${deploymentId}`;

export type Decision = 'allowClient' | 'denyClient';
type DecisionAnswer = { __typename: string; redirectTo?: string; code?: string };

/** Follows a client's link to the consent page, as a browser does: what the page would then ask about. */
export async function openConsent(browser: Browser, authorizationUrl: string | URL) {
  const { pathname, search } = new URL(authorizationUrl);
  const answer = await browser.send(pathname + search);
  const location = answer.headers.get('location') ?? '';
  return { status: answer.status, location, text: await answer.text() };
}

/** Decides on the consent page that a link leads to. */
export async function decide(browser: Browser, authorizationUrl: string | URL, decision: Decision = 'allowClient') {
  const { location } = await openConsent(browser, authorizationUrl);
  return submit(browser, location, decision);
}

/** Presses a button of a consent page. */
export async function submit(browser: Browser, consentPath: string, decision: Decision = 'allowClient') {
  const { pathname, search } = new URL(consentPath, 'http://localhost');
  const [, , deploymentId = '', , view = null] = pathname.replace(/\/consent$/, '').split('/');
  const input = { deploymentId, view, query: search.slice(1) };
  const { data } = await browser.ask(
    `mutation Decide($input: ConsentInput!) { it: ${decision}(input: $input) {
      __typename ... on ConsentPayload { redirectTo } ... on UserError { code } } }`,
    { input },
  );
  return (data?.['it'] ?? { __typename: 'nothing' }) as DecisionAnswer; // the mutation above
}

/** The address to which a decision sends the browser. */
export async function redirectOf(answer: Promise<DecisionAnswer>): Promise<URL> {
  const { redirectTo, ...rest } = await answer;
  if (redirectTo === undefined) throw new Error(`It was not decided: ${JSON.stringify(rest)}`);
  return new URL(redirectTo);
}
