import { isDeepStrictEqual } from 'node:util';
import type { Deployed, Listed } from '../operations/manifest.ts';
import { type BundleSpec, type DeploymentSpec, type Manifest, tagOf } from './manifest.ts';
import { variableOf } from './reference.ts';
import { isSameRules } from './rules.ts';
import { type Change, missingCredentials, settingChanges } from './settings.ts';

export type Action = 'create' | 'update' | 'delete';
type Named = {
  action: Action;
  name: string;
  /** UUID of the deployment or bundle, global id of a view; null before it is made. */
  id: string | null;
  changes: readonly Change[];
};

/** One thing to do, in the order of the plan. Nothing in it is secret. */
export type Step = (Named & { kind: 'deployment' | 'bundle' }) | (Named & { kind: 'view'; deployment: string });

export type Plan = {
  steps: Step[];
  /** Environment variables that are needed and not set, with the places that name them. */
  missing: { variable: string; field: string }[];
  /** What a person should know and the plan leaves as it is. */
  notes: string[];
};

export type Present = {
  own: readonly Listed[];
  /** Those that the file names, by name. */
  deployed: ReadonlyMap<string, Deployed>;
};

export type PlanOptions = {
  env: NodeJS.ProcessEnv;
  prune: boolean;
  /** The source as the server keeps it: paths are absolute. */
  sourceOf: (source: string) => string;
};

/** Compares a file with what is deployed. A plan without steps says that both agree. */
export function decidePlan(manifest: Manifest, present: Present, options: PlanOptions): Plan {
  const plan: Plan = { steps: [], missing: [], notes: [] };
  for (const [name, spec] of Object.entries(manifest.deployments)) planDeployment(plan, name, spec, present, options);
  for (const [name, spec] of Object.entries(manifest.bundles)) planBundle(plan, name, spec, present);
  planAbsent(plan, manifest, present, options);
  return plan;
}

/** Texts by their variables; a variable that is not set is noted once for each place. */
const resolverFor =
  (plan: Plan, name: string, env: NodeJS.ProcessEnv) =>
  (text: string, field: string): string => {
    const variable = variableOf(text);
    const value = variable === null ? text : env[variable] || null;
    if (value === null) plan.missing.push({ variable: variable ?? '', field: `deployments.${name}.${field}` });
    return value ?? text;
  };

function planDeployment(plan: Plan, name: string, spec: DeploymentSpec, present: Present, options: PlanOptions): void {
  const resolve = resolverFor(plan, name, options.env);
  const now = present.deployed.get(name);
  if (!now) {
    plan.steps.push({ action: 'create', kind: 'deployment', name, id: null, changes: [] });
    for (const [field, text] of Object.entries(spec.credentials ?? {})) resolve(text, `credentials.${field}`);
    for (const [field, texts] of Object.entries(spec.arguments ?? {}))
      for (const text of [texts].flat()) resolve(text, `arguments.${field}`);
    for (const [at, text] of (spec.extraArguments ?? []).entries()) resolve(text, `extraArguments.${at}`);
  } else {
    if (now.source !== options.sourceOf(spec.source))
      plan.notes.push(
        `${name} was made of another source, and keeps it: delete it to deploy it of the source in the file.`,
      );
    if (['FAILED', 'UNHEALTHY', 'STOPPED'].includes(now.status))
      plan.notes.push(`${name} is ${now.status.toLowerCase()}. See: catwalk show ${now.databaseId.slice(0, 8)}`);
    const { changes } = settingChanges(spec, now, resolve);
    const set = missingCredentials(spec, now).map(([field, text]) => {
      resolve(text, `credentials.${field}`);
      return { field: `credentials.${field}`, before: null, after: text };
    });
    const release = now.targetRelease;
    const version =
      spec.version !== undefined && release !== null && release.version !== spec.version
        ? [{ field: 'version', before: release.version, after: spec.version }]
        : [];
    const all = [...changes, ...set, ...version];
    if (all.length > 0)
      plan.steps.push({ action: 'update', kind: 'deployment', name, id: now.databaseId, changes: all });
  }
  for (const [view, rules] of Object.entries(spec.views ?? {})) {
    const before = now?.views.find((one) => one.name === view);
    if (before && isSameRules(before.rules, rules)) continue;
    const action = before ? 'update' : 'create';
    plan.steps.push({ action, kind: 'view', deployment: name, name: view, id: before?.id ?? null, changes: [] });
  }
}

/** The members of a bundle as a file names them, with the prefixes that the bundle has already. */
export const membersOf = (
  { members }: BundleSpec,
  now: Deployed | undefined,
): { deployment: string; view: string | null; prefix: string | null }[] =>
  members.map(({ deployment, view = null, prefix }) => {
    const before = now?.members.find((one) => one.name === deployment && (prefix ?? one.prefix) === one.prefix);
    return { deployment, view, prefix: prefix ?? before?.prefix ?? null };
  });

function planBundle(plan: Plan, name: string, spec: BundleSpec, { deployed }: Present): void {
  const now = deployed.get(name);
  if (!now) {
    plan.steps.push({ action: 'create', kind: 'bundle', name, id: null, changes: [] });
    return;
  }
  const changes: Change[] = [];
  const access = now.access.toLowerCase();
  if (spec.access !== undefined && spec.access !== access)
    changes.push({ field: 'access', before: access, after: spec.access });
  if (spec.slug !== undefined && spec.slug !== now.slug)
    changes.push({ field: 'slug', before: now.slug, after: spec.slug });
  const before = now.members.map(({ name: deployment, view, prefix }) => ({ deployment, view, prefix }));
  const after = membersOf(spec, now);
  if (!isDeepStrictEqual(before, after)) changes.push({ field: 'members', before, after });
  if (changes.length > 0) plan.steps.push({ action: 'update', kind: 'bundle', name, id: now.databaseId, changes });
}

/** What the file says is absent, and what an earlier apply of it made and it no longer names. */
function planAbsent(plan: Plan, manifest: Manifest, { own, deployed }: Present, { prune }: PlanOptions): void {
  const tag = tagOf(manifest);
  const isNamed = (name: string) => Object.hasOwn(manifest.deployments, name) || Object.hasOwn(manifest.bundles, name);
  const { absent } = manifest;
  const isGone = ({ name, isBundle, tags }: Listed): boolean =>
    (isBundle ? absent.bundles : absent.deployments).includes(name) || (tags.includes(tag) && !isNamed(name));
  const gone = own.filter(isGone);
  const steps: Step[] = [
    ...gone
      .filter(({ isBundle }) => isBundle)
      .map(({ name, databaseId: id }) => ({ action: 'delete', kind: 'bundle', name, id, changes: [] }) as const),
    ...absent.views.flatMap((text) => {
      const at = text.lastIndexOf('/');
      const [deployment, name] = [text.slice(0, at), text.slice(at + 1)];
      const view = deployed.get(deployment)?.views.find((one) => one.name === name);
      return view ? [{ action: 'delete', kind: 'view', deployment, name, id: view.id, changes: [] } as const] : [];
    }),
    ...gone
      .filter(({ isBundle }) => !isBundle)
      .map(({ name, databaseId: id }) => ({ action: 'delete', kind: 'deployment', name, id, changes: [] }) as const),
  ];
  if (prune) plan.steps.push(...steps);
  else
    for (const step of steps) plan.notes.push(`${step.kind} ${titleOf(step)} is not in the file: --prune deletes it.`);
}

export const titleOf = (step: Step): string => (step.kind === 'view' ? `${step.deployment}/${step.name}` : step.name);
