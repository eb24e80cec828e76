import { decideCandidate } from '../choose-candidate.ts';
import { complete } from '../commands/intents.ts';
import { createDeployer } from '../deploy-one.ts';
import { usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import type { GraphqlClient } from '../graphql-client.ts';
import type { Analysis, Candidate } from '../operations/analysis.ts';
import { CREATE_BUNDLE, UPDATE_BUNDLE } from '../operations/bundles.ts';
import { UPDATE_CREDENTIALS, UPDATE_DEPLOYMENT } from '../operations/credentials.ts';
import { DELETE, REDEPLOY } from '../operations/intent.ts';
import { TAG } from '../operations/manifest.ts';
import { DELETE_VIEW, SAVE_VIEW } from '../operations/views.ts';
import { oneLine } from '../printable.ts';
import { analysisFailure, runAnalysis } from '../run-analysis.ts';
import type { Shell } from '../shell.ts';
import type { Timeline } from '../timeline.ts';
import { getDeployed } from './deployed.ts';
import { type BundleSpec, type DeploymentSpec, type Manifest, tagOf } from './manifest.ts';
import { membersOf, type Present, type Step } from './plan.ts';
import { resolveText } from './reference.ts';
import { missingCredentials, settingChanges, upper } from './settings.ts';

/** A step that is done; `accessToken` is the first token of what was made, which is shown here or never. */
export type Done = Omit<Step, 'changes'> & { id: string; endpointUrl?: string; accessToken?: string | null };

export type PlanDeps = {
  shell: Shell;
  client: GraphqlClient;
  timeline: Timeline;
  signal: AbortSignal;
  manifest: Manifest;
  present: Present;
  sourceOf: (source: string) => string;
  /** The caller agreed that other people lose access. */
  confirm: boolean;
};

/** Does the steps of a plan one by one. Variables that the plan needs are set. */
export function createPlanRunner(deps: PlanDeps): (step: Step) => Promise<Done> {
  const { shell, client, timeline, signal, manifest, present, sourceOf, confirm } = deps;
  const ids = new Map([...present.deployed].map(([name, { databaseId }]) => [name, databaseId]));
  const tag = tagOf(manifest);
  const resolve = (text: string, field: string): string => {
    const value = resolveText(text, shell.env);
    if (value === undefined) throw usage(`The variable of ${field} is not set in this environment.`);
    return value;
  };
  const idOf = (name: string): string => {
    const id = ids.get(name);
    if (id === undefined) throw new TypeError(`the plan has no deployment ${name}`);
    return id;
  };

  const change = async (id: string, spec: DeploymentSpec): Promise<void> => {
    const now = await getDeployed(client, id);
    const before = await findDeployment(client, id);
    const carry = async (makesRelease: boolean, ask: Parameters<typeof complete>[2]['ask']) => {
      // a stopped deployment starts with its new release when it is started
      if (!makesRelease || now.status === 'STOPPED') await ask(client, before);
      else await complete(client, before, { doing: 'Changing', goal: 'running', ask }, { timeline, signal });
    };
    const { changes, input, makesRelease } = settingChanges(spec, now, resolve);
    if (changes.length > 0)
      await carry(makesRelease, (api) => api.ask(UPDATE_DEPLOYMENT, { input: { id, ...input, confirm } }));
    const set = missingCredentials(spec, now).map(([name, text]) => ({ name, value: resolve(text, name) }));
    if (set.length > 0) await carry(true, (api) => api.ask(UPDATE_CREDENTIALS, { input: { id, set } }));
    const { version } = spec;
    if (version !== undefined && version !== now.targetRelease?.version)
      await carry(true, (api) => api.ask(REDEPLOY, { input: { id, version } }));
  };

  const create = async (name: string, spec: DeploymentSpec) => {
    const analysis = await runAnalysis(client, { source: sourceOf(spec.source), refresh: false, timeline, signal });
    const failed = analysisFailure(analysis);
    if (failed) throw failed;
    const candidate = candidateOf(name, analysis, spec.candidate);
    const deployer = createDeployer({
      shell,
      client,
      signal,
      timeline,
      analysisId: analysis.id,
      options: deployOptions(name, spec),
      extraArguments: (spec.extraArguments ?? []).map((text, at) => resolve(text, `extraArguments.${at}`)),
    });
    const started = await deployer.start(candidate, {
      environment: Object.entries(spec.credentials ?? {}).map(([field, text]) => ({
        name: field,
        value: resolve(text, `credentials.${field}`),
      })),
      arguments: Object.entries(spec.arguments ?? {}).flatMap(([field, texts]) =>
        [texts].flat().map((text) => ({ name: field, value: resolve(text, `arguments.${field}`) })),
      ),
    });
    const id = started.deployment.databaseId;
    ids.set(name, id);
    await client.ask(TAG, { input: { id, tags: [...(spec.tags ?? []), tag] } });
    const { deployment, accessToken } = await deployer.finish(started);
    const { version: _deployed, ...rest } = spec;
    await change(id, rest);
    return { id, endpointUrl: deployment.endpointUrl, accessToken };
  };

  const bundle = async (name: string, spec: BundleSpec) => {
    const now = present.deployed.get(name);
    const members = membersOf(spec, now).map(({ deployment, ...member }) => ({
      ...member,
      deploymentId: idOf(deployment),
    }));
    const slug = spec.slug === undefined ? {} : { slug: spec.slug };
    const access = spec.access === undefined ? {} : { access: upper(spec.access) };
    if (now) {
      const id = now.databaseId;
      await client.ask(UPDATE_BUNDLE, { input: { id, members, ...slug } });
      if (spec.access !== undefined && spec.access !== now.access.toLowerCase())
        await client.ask(UPDATE_DEPLOYMENT, { input: { id, ...access, confirm } });
      return { id };
    }
    const { accessToken, deployment } = await client.ask(CREATE_BUNDLE, {
      input: { name, members, ...slug, ...access },
    });
    const { databaseId: id, endpointUrl } = deployment;
    await client.ask(TAG, { input: { id, tags: [tag] } });
    return { id, endpointUrl, accessToken };
  };

  const remove = async (id: string): Promise<{ id: string }> => {
    const ask = (api: GraphqlClient) => api.ask(DELETE, { id });
    const before = await findDeployment(client, id);
    await complete(client, before, { doing: 'Deleting', goal: 'deleted', ask }, { timeline, signal });
    return { id };
  };

  const view = async (step: Extract<Step, { kind: 'view' }>): Promise<{ id: string }> => {
    const { deployment, name, action, id } = step;
    if (action === 'delete' && id !== null) {
      await client.ask(DELETE_VIEW, { id });
      return { id };
    }
    const rules = manifest.deployments[deployment]?.views?.[name] ?? {};
    return client.ask(SAVE_VIEW, { input: { deploymentId: idOf(deployment), name, rules } });
  };

  const outcomeOf = async (step: Step): Promise<{ id: string; endpointUrl?: string; accessToken?: string | null }> => {
    if (step.kind === 'view') return { id: (await view(step)).id };
    const { action, name, id } = step;
    if (action === 'delete' && id !== null) return remove(id);
    const ofBundle = manifest.bundles[name];
    if (step.kind === 'bundle' && ofBundle) return bundle(name, ofBundle);
    const spec = manifest.deployments[name];
    if (!spec) throw new TypeError(`the plan names ${name}, and the file does not`);
    if (action === 'create') return create(name, spec);
    await change(idOf(name), spec);
    return { id: idOf(name) };
  };

  return async (step) => {
    const { changes: _planned, ...what } = step;
    return { ...what, ...(await outcomeOf(step)) };
  };
}

/** The server of a source that the file means. */
function candidateOf(name: string, analysis: Analysis, wanted: string | undefined): Candidate {
  const choice = decideCandidate(analysis, wanted);
  if (choice.kind === 'one') return choice.candidate;
  throw usage(
    `The source of ${oneLine(name)} has ${choice.candidates.length} servers.`,
    `Name one in the file, as candidate: ${choice.candidates.map(({ key }) => key).join(', ')}`,
  );
}

/** The settings that a new deployment begins with; the others are changed once it runs. */
const deployOptions = (name: string, spec: DeploymentSpec) => ({
  name,
  access: upper(spec.access ?? 'token'),
  acceptUnverified: spec.acceptUnverified ?? false,
  ...(spec.isolation === undefined ? {} : { isolation: upper(spec.isolation) }),
  ...(spec.personal === undefined ? {} : { personal: spec.personal }),
  ...(spec.version === undefined ? {} : { version: spec.version }),
  ...(spec.memory === undefined ? {} : { memory: spec.memory }),
  ...(spec.processor === undefined ? {} : { processor: spec.processor }),
  ...(spec.region === undefined ? {} : { region: spec.region }),
  ...(spec.egress === undefined ? {} : { egress: spec.egress.policy, allow: spec.egress.hosts }),
  ...(typeof spec.sleep === 'number' ? { sleep: spec.sleep } : {}),
});
