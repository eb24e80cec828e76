import { untilAnswer } from '../until-answer.ts';

/** Callers of the GraphQL API. */
export type ApiWorld = { ask<T>(query: string, variables?: object, at?: string): Promise<T> };

export type Deployed = { id: string; endpointUrl: string; accessToken: string };

const ANALYZE = `mutation Analyze($source: String!) {
  analyze(input: { source: $source }) { __typename ... on Analysis { id } ... on UserError { code message } }
}`;
const ANALYSIS = `query Analysis($id: ID!) { analysis(id: $id) { status candidates { key } } }`;
const DEPLOY = `mutation Deploy($input: DeployInput!) {
  deploy(input: $input) {
    __typename
    ... on DeployPayload { accessToken deployment { databaseId endpointUrl } }
    ... on UserError { code message }
  }
}`;
const STATUS = `query Status($id: ID!) { deployment(id: $id) { status phase failure { code message } } }`;

export type Status = { status: string; phase: string | null; failure: { code: string; message: string } | null };

/** The status as the API tells it; null when the deployment is not there. */
export const statusOf = async (world: ApiWorld, id: string, at?: string): Promise<Status | null> =>
  (await world.ask<{ deployment: Status | null }>(STATUS, { id }, at)).deployment;

export async function analyze(world: ApiWorld, source: string): Promise<string> {
  const { analyze } = await world.ask<{ analyze: { id?: string; message?: string } }>(ANALYZE, { source });
  if (analyze.id === undefined) throw new Error(analyze.message);
  const { id } = analyze;
  await untilAnswer(
    async () => (await world.ask<{ analysis: { status: string } }>(ANALYSIS, { id })).analysis,
    ({ status }) => status !== 'RUNNING',
  );
  return id;
}

/** Asks for a deployment of what was analyzed; returns while it is on its way. */
export async function deploy(world: ApiWorld, analysisId: string, more: object = {}): Promise<Deployed> {
  const credentials = [{ name: 'GREETER_NAME', value: 'Ada' }];
  const answer = await world.ask<{
    deploy: { accessToken: string; message?: string; deployment?: { databaseId: string; endpointUrl: string } };
  }>(DEPLOY, { input: { analysisId, credentials, ...more } });
  const { deployment, accessToken, message } = answer.deploy;
  if (!deployment) throw new Error(message);
  return { id: deployment.databaseId, endpointUrl: deployment.endpointUrl, accessToken };
}

export const untilRunning = (world: ApiWorld, { id }: Deployed): Promise<Status | null> =>
  untilAnswer(
    () => statusOf(world, id).catch(() => null), // an instance that was killed under the question
    (deployment) => {
      if (deployment?.status === 'FAILED') throw new Error(JSON.stringify(deployment.failure));
      return deployment?.status === 'RUNNING';
    },
  );
