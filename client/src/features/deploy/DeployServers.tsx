import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { UserProblem } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath, pagePath } from '../../navigation/pages.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import type { MachineSizeFragment, ProcessorFragment, RegionFragment } from '../catalog/catalog.ts';
import { FieldScopeContext, scopedId } from '../fields/field-ids.ts';
import { useFreshTokens } from '../tokens/fresh-tokens.ts';
import { argumentId, credentialId } from './arrange-fields.ts';
import { DeployForm, DeployFormFragment } from './DeployForm.tsx';
import classes from './DeployServers.module.css';
import { DeploySummary, DeploySummaryFragment, needsConfirmation, type SummaryWarning } from './DeploySummary.tsx';
import { useDeploy } from './deploy.ts';
import { useDeployForms } from './deploy-forms.ts';
import { dropDraft, loadDraft, saveDraft } from './draft.ts';
import { type DeployFormValues, defaultName, mergeArguments, mergeVariables } from './form-state.ts';
import type { PastedValues } from './pasted-text.ts';
import { createRequestKeys } from './request-key.ts';

export const DeployServersFragment = graphql(`
  fragment DeployServers_candidate on ServerCandidate {
    key
    ...DeployForm_candidate
    ...DeploySummary_candidate
  }
`);

export type ServerToDeploy = {
  candidate: FragmentType<typeof DeployServersFragment>;
  warnings: readonly SummaryWarning[];
  /** Values in the text that was pasted. */
  pasted: PastedValues | null;
  /** Stands before the settings; receives whether the user trusts the package. */
  trial: (accepted: boolean) => ReactNode;
};

type DeployServersProps = {
  analysisId: string;
  /** All that can be chosen; each keeps its values while it is not. */
  servers: readonly ServerToDeploy[];
  /** The keys of those to deploy. */
  chosen: ReadonlySet<string>;
  onDeployed: (key: string, databaseId: string) => void;
  sizes: readonly FragmentType<typeof MachineSizeFragment>[];
  processors: readonly FragmentType<typeof ProcessorFragment>[];
  regions: readonly FragmentType<typeof RegionFragment>[];
};

const EMPTY: DeployFormValues = {
  name: '',
  credentials: {},
  arguments: {},
  extraEnvironment: [],
  extraArguments: '',
  personal: [],
  region: null,
  memoryMb: null,
  processor: null,
  sleepAfterMinutes: null,
  access: 'OAUTH', // claude.ai and ChatGPT support nothing else, and tokens work too
  isolation: 'AUTO',
  accepted: false,
};

/** Shows one form for the chosen servers beside their summary, deploys them, and opens what it deployed. */
export function DeployServers({
  analysisId,
  servers,
  chosen,
  onDeployed,
  sizes,
  processors,
  regions,
}: DeployServersProps) {
  const navigate = useNavigate();
  const fresh = useFreshTokens();
  const deploy = useDeploy();
  const [isDeploying, setIsDeploying] = useState(false);
  const isBusy = useRef(false);
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const [keysOf] = useState(() => new Map<string, ReturnType<typeof createRequestKeys>>());
  const formOf = useDeployForms(() => new Map(servers.map((server) => initialOf(analysisId, server))));

  const isOne = servers.length === 1;
  const shown = servers
    .map((server) => {
      const candidate = readFragment(DeployServersFragment, server.candidate);
      const fields = readFragment(DeployFormFragment, candidate);
      const { key } = candidate;
      const form = formOf(key, fields, (values) => saveDraft(analysisId, key, values, fields));
      const mustConfirm = needsConfirmation(readFragment(DeploySummaryFragment, candidate), server.warnings);
      return { ...server, key, candidate, fields, form, mustConfirm, scope: isOne ? '' : key };
    })
    .filter(({ key }) => chosen.has(key));
  type Shown = (typeof shown)[number];

  const element = useRef<HTMLFormElement>(null);
  // The input that started the analysis is gone, and the focus with it: it moves to the first missing field, to one that
  // is usually needed, or to Deploy.
  const firstMissing = useRef(
    shown.map(firstMissingOf).find((id) => id !== undefined) ?? shown.map(firstUsualOf).find((id) => id !== undefined),
  );
  useEffect(() => {
    if (document.activeElement !== document.body) return;
    if (!firstMissing.current) document.getElementById('deploy')?.focus({ preventScroll: true });
    else if (matchMedia('(pointer: fine)').matches) focusField(firstMissing.current);
    else element.current?.focus({ preventScroll: true });
  }, []);

  /** Returns the id of the new deployment; null after a refusal, which is shown. */
  const deployOne = async (server: Shown, ready: ReadyValues): Promise<string | null> => {
    const { key, form, fields, scope } = server;
    const { values } = form;
    const input = {
      analysisId,
      candidate: key,
      name: values.name.trim() || defaultName(fields.displayName),
      ...ready,
      personalFields: values.access === 'PUBLIC' ? [] : values.personal,
      region: values.region,
      memoryMb: values.memoryMb,
      processor: values.processor,
      sleepAfterMinutes: values.sleepAfterMinutes,
      access: values.access,
      isolation: values.isolation,
      acceptUnverified: values.accepted,
    };
    const keyOf = keysOf.get(key) ?? createRequestKeys();
    keysOf.set(key, keyOf);
    const outcome = await deploy({ ...input, idempotencyKey: keyOf(input) });
    if ('problem' in outcome) {
      const { problem } = outcome;
      setProblem(isOne ? problem : { ...problem, message: `${fields.displayName}: ${problem.message}` });
      const errors = Object.fromEntries(
        (problem.fields ?? []).map(({ field, message }) => [fieldIdOf(field, fields), message]),
      );
      form.setServerErrors(errors);
      const [first] = Object.keys(errors);
      if (first !== undefined) focusField(scopedId(scope, first));
      return null;
    }
    if (outcome.accessToken) fresh.keep(outcome.databaseId, outcome.accessToken);
    dropDraft(analysisId, key);
    return outcome.databaseId;
  };

  const deployChosen = async () => {
    const ready = shown.map((server) => ({ server, input: server.form.submit() }));
    const missing = shown.map(firstMissingOf).find((id) => id !== undefined);
    if (missing !== undefined) return focusField(missing);
    const unconfirmed = shown.find(({ mustConfirm, form }) => mustConfirm && !form.values.accepted);
    if (unconfirmed) return focusField(scopedId(unconfirmed.scope, 'accepted'));
    const deployed: { key: string; id: string }[] = [];
    for (const { server, input } of ready) {
      const id = input && (await deployOne(server, input));
      if (id) deployed.push({ key: server.key, id });
    }
    const [first] = deployed;
    if (first && deployed.length === shown.length) {
      return navigate(deployed.length === 1 ? deploymentPath(first.id) : pagePath('deployments'));
    }
    for (const { key, id } of deployed) onDeployed(key, id);
  };

  const submit = async () => {
    if (isBusy.current || shown.length === 0) return;
    isBusy.current = true;
    setIsDeploying(true);
    setProblem(null);
    try {
      await deployChosen();
    } finally {
      isBusy.current = false;
      setIsDeploying(false);
    }
  };

  return (
    <form
      ref={element}
      tabIndex={-1}
      className={classes.columns}
      autoComplete="off"
      onSubmit={handleSubmit(submit)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        void submit();
      }}
    >
      <div className={classes.servers}>
        {shown.map(({ key, scope, candidate, fields, form, trial }) => (
          <FieldScopeContext key={key} value={scope}>
            <DeployForm
              candidate={candidate}
              form={form}
              sizes={sizes}
              processors={processors}
              regions={regions}
              title={isOne ? undefined : fields.displayName}
            >
              {trial(form.values.accepted)}
            </DeployForm>
          </FieldScopeContext>
        ))}
      </div>
      <div className={classes.side}>
        <DeploySummary
          servers={shown.map(({ key, scope, candidate, fields, form, warnings, mustConfirm }) => ({
            key,
            name: isOne ? null : fields.displayName,
            acceptedId: scopedId(scope, 'accepted'),
            candidate,
            warnings,
            mustConfirm,
            accepted: form.values.accepted,
            machine: {
              memoryMb: form.values.memoryMb,
              processor: form.values.processor ?? fields.proposedProcessor.name,
              region: form.values.region,
              sleeps: form.values.sleepAfterMinutes !== null,
            },
            onAccept: (accepted) => form.update({ accepted }),
          }))}
          problem={problem}
          deploying={isDeploying}
        />
      </div>
    </form>
  );
}

type ReadyValues = NonNullable<ReturnType<ReturnType<ReturnType<typeof useDeployForms>>['submit']>>;

function initialOf(analysisId: string, { candidate: masked, pasted }: ServerToDeploy): [string, DeployFormValues] {
  const candidate = readFragment(DeployServersFragment, masked);
  const fields = readFragment(DeployFormFragment, candidate);
  const values = { ...EMPTY, ...loadDraft(analysisId, candidate.key) };
  if (!pasted) return [candidate.key, values];
  return [candidate.key, mergeArguments(mergeVariables(values, pasted.credentials, fields), pasted.arguments)];
}

const firstMissingOf = ({ scope, form }: { scope: string; form: { firstError: () => string | undefined } }) => {
  const id = form.firstError();
  return id === undefined ? undefined : scopedId(scope, id);
};

/** The first setting that is usually needed and has no value. */
function firstUsualOf({
  scope,
  fields,
  form,
}: {
  scope: string;
  fields: UsualFields;
  form: { values: DeployFormValues };
}) {
  const { values } = form;
  const place = fields.arguments.find(
    ({ name, requirement }) => requirement === 'LAZY' && !values.arguments[name]?.[0],
  );
  const variable = fields.credentials.find(
    ({ name, requirement }) => requirement === 'LAZY' && !values.credentials[name],
  );
  const id = place ? argumentId(place.name) : variable ? credentialId(variable.name) : undefined;
  return id === undefined ? undefined : scopedId(scope, id);
}

type UsualFields = Record<'credentials' | 'arguments', readonly { name: string; requirement: string }[]>;

/** Maps a name from the server's error, which may be a credential or an argument, to the id of its field. */
function fieldIdOf(field: string, fields: { arguments: readonly { name: string }[] }): string {
  const name = field.replace(/^(?:credentials|arguments|extraEnvironment)\./, '');
  if (field === 'name') return 'name';
  return fields.arguments.some((one) => one.name === name) ? `argument:${name}` : `credential:${name}`;
}

const focusField = (id: string) => document.getElementById(id)?.focus();
