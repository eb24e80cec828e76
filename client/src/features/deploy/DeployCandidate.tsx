import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { UserProblem } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import type { MachineSizeFragment, RegionFragment } from '../catalog/catalog.ts';
import { useFreshTokens } from '../tokens/fresh-tokens.ts';
import classes from './DeployCandidate.module.css';
import { DeployForm, DeployFormFragment } from './DeployForm.tsx';
import { DeploySummary, DeploySummaryFragment, needsConfirmation, type SummaryWarning } from './DeploySummary.tsx';
import { useDeploy } from './deploy.ts';
import { dropDraft, loadDraft, saveDraft } from './draft.ts';
import { type DeployFormValues, defaultName, mergeArguments, mergeVariables, useDeployForm } from './form-state.ts';
import type { PastedValues } from './pasted-text.ts';
import { createRequestKeys } from './request-key.ts';

export const DeployCandidateFragment = graphql(`
  fragment DeployCandidate_candidate on ServerCandidate {
    key
    ...DeployForm_candidate
    ...DeploySummary_candidate
  }
`);

type DeployCandidateProps = {
  analysisId: string;
  candidate: FragmentType<typeof DeployCandidateFragment>;
  warnings: readonly SummaryWarning[];
  /** Values in the text that was pasted. */
  pasted: PastedValues | null;
  sizes: readonly FragmentType<typeof MachineSizeFragment>[];
  regions: readonly FragmentType<typeof RegionFragment>[];
  /** Stands before the settings; receives whether the user trusts the package. */
  trial: (accepted: boolean) => ReactNode;
};

const EMPTY: DeployFormValues = {
  name: '',
  credentials: {},
  arguments: {},
  extraEnvironment: [],
  extraArguments: '',
  region: null,
  memoryMb: null,
  sleepAfterMinutes: null,
  access: 'OAUTH', // claude.ai and ChatGPT support nothing else, and tokens work too
  isolation: 'AUTO',
  accepted: false,
};

/** Shows the form beside its summary, deploys, and opens the new deployment. */
export function DeployCandidate({
  analysisId,
  candidate: masked,
  warnings,
  pasted,
  sizes,
  regions,
  trial,
}: DeployCandidateProps) {
  const candidate = readFragment(DeployCandidateFragment, masked);
  const fields = readFragment(DeployFormFragment, candidate);
  const navigate = useNavigate();
  const fresh = useFreshTokens();
  const { deploy, deploying } = useDeploy();
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const [initial] = useState<DeployFormValues>(() => {
    const values = { ...EMPTY, ...loadDraft(analysisId, candidate.key) };
    return pasted ? mergeArguments(mergeVariables(values, pasted.credentials, fields), pasted.arguments) : values;
  });
  const form = useDeployForm(initial, fields, (values) => saveDraft(analysisId, candidate.key, values, fields));
  const { values } = form;
  const element = useRef<HTMLFormElement>(null);
  // The input that started the analysis is gone, and the focus with it: it moves to the first missing field, or to Deploy.
  const firstMissing = useRef(form.firstError());
  useEffect(() => {
    if (document.activeElement !== document.body) return;
    if (!firstMissing.current) document.getElementById('deploy')?.focus({ preventScroll: true });
    else if (matchMedia('(pointer: fine)').matches) focusField(firstMissing.current);
    else element.current?.focus({ preventScroll: true });
  }, []);

  const [keyOf] = useState(() => createRequestKeys());
  const mustConfirm = needsConfirmation(readFragment(DeploySummaryFragment, candidate), warnings);

  const submit = async () => {
    if (deploying) return;
    setProblem(null);
    const ready = form.submit();
    if (!ready) return focusField(form.firstError());
    if (mustConfirm && !values.accepted) return focusField('accepted');
    const input = {
      analysisId,
      candidate: candidate.key,
      name: values.name.trim() || defaultName(fields.displayName),
      ...ready,
      region: values.region,
      memoryMb: values.memoryMb,
      sleepAfterMinutes: values.sleepAfterMinutes,
      access: values.access,
      isolation: values.isolation,
      acceptUnverified: values.accepted,
    };
    const outcome = await deploy({ ...input, idempotencyKey: keyOf(input) });
    if ('problem' in outcome) {
      setProblem(outcome.problem);
      const errors = Object.fromEntries(
        (outcome.problem.fields ?? []).map(({ field, message }) => [fieldIdOf(field, fields), message]),
      );
      form.setServerErrors(errors);
      return focusField(Object.keys(errors)[0]);
    }
    if (outcome.accessToken) fresh.keep(outcome.databaseId, outcome.accessToken);
    dropDraft(analysisId, candidate.key);
    navigate(deploymentPath(outcome.databaseId));
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
      <DeployForm candidate={candidate} form={form} sizes={sizes} regions={regions}>
        {trial(values.accepted)}
      </DeployForm>
      <div className={classes.side}>
        <DeploySummary
          candidate={candidate}
          warnings={warnings}
          mustConfirm={mustConfirm}
          accepted={values.accepted}
          machine={{ memoryMb: values.memoryMb, region: values.region, sleeps: values.sleepAfterMinutes !== null }}
          onAccept={(accepted) => form.update({ accepted })}
          problem={problem}
          deploying={deploying}
        />
      </div>
    </form>
  );
}

/** Maps a name from the server's error, which may be a credential or an argument, to the id of its field. */
function fieldIdOf(field: string, fields: { arguments: readonly { name: string }[] }): string {
  const name = field.replace(/^(?:credentials|arguments|extraEnvironment)\./, '');
  if (field === 'name') return 'name';
  return fields.arguments.some((one) => one.name === name) ? `argument:${name}` : `credential:${name}`;
}

const focusField = (id: string | undefined) => {
  if (id) document.getElementById(id)?.focus();
};
