import { Button, Checkbox } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { UserProblem } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { FailureCard } from '../../ui/feedback/FailureCard.tsx';
import { useMonthlyCost } from '../catalog/cost.ts';
import { formatMonthlyCost } from '../catalog/money.ts';
import classes from './DeploySummary.module.css';

export const DeploySummaryFragment = graphql(`
  fragment DeploySummary_candidate on ServerCandidate {
    key
    package
    version
    runCommand
    transport
    runtime
    verified
    notes
    monthlyCost {
      alwaysOn
      withSleep
      currency
    }
    tools {
      name
    }
  }
`);

export type SummaryWarning = { code: string; message: string; weight: 'INFO' | 'CAUTION' | 'CONFIRM' };

export type SummaryServer = {
  key: string;
  /** Null for the only server of a page. */
  name: string | null;
  /** The id of the checkbox that accepts the package. */
  acceptedId: string;
  candidate: FragmentType<typeof DeploySummaryFragment>;
  warnings: readonly SummaryWarning[];
  /** The user must accept the package before deploying it. */
  mustConfirm: boolean;
  accepted: boolean;
  /** The choices of the form; null is the default. */
  machine: { memoryMb: number | null; processor: string; region: string | null; sleeps: boolean };
  onAccept: (accepted: boolean) => void;
};

type DeploySummaryProps = { servers: readonly SummaryServer[]; problem: UserProblem | null; deploying: boolean };

export const needsConfirmation = (candidate: { verified: boolean }, warnings: readonly SummaryWarning[]): boolean =>
  !candidate.verified || warnings.some(({ weight }) => weight === 'CONFIRM');

/** Shows what will run, its cost and its warnings, and the Deploy button. */
export function DeploySummary({ servers, problem, deploying }: DeploySummaryProps) {
  const isUnconfirmed = servers.some(({ mustConfirm, accepted }) => mustConfirm && !accepted);
  return (
    <aside className={classes.summary} aria-label="Summary">
      {servers.map(({ key, ...server }) => (
        <ServerSummary key={key} {...server} />
      ))}
      {servers.length === 0 && <p className="muted small">Select the servers to deploy.</p>}
      {problem && <FailureCard live failure={problem} />}
      <Button
        id="deploy"
        fullWidth
        size="md"
        loading={deploying}
        disabled={servers.length === 0 || isUnconfirmed}
        type="submit"
        title="Ctrl or ⌘ and Enter"
      >
        {servers.length > 1 ? `Deploy ${servers.length} servers` : 'Deploy'}
      </Button>
    </aside>
  );
}

function ServerSummary(props: Omit<SummaryServer, 'key'>) {
  const candidate = readFragment(DeploySummaryFragment, props.candidate);
  const { name, warnings, mustConfirm, accepted, machine } = props;
  const ofMachine = useMonthlyCost(machine);
  // A server that runs elsewhere has no machine.
  const cost = candidate.runtime === 'REMOTE' ? candidate.monthlyCost : (ofMachine ?? candidate.monthlyCost);
  return (
    <div className={classes.server}>
      {name !== null && <strong>{name}</strong>}
      <dl className={classes.facts}>
        <div>
          <dt>Runs</dt>
          <dd>
            <code>{candidate.runCommand}</code>
          </dd>
        </div>
        {candidate.transport === 'HTTP' && (
          <div>
            <dt>Speaks</dt>
            <dd>HTTP on a port of its own, which Catwalk chooses and relays to</dd>
          </div>
        )}
        <div>
          <dt>Version</dt>
          <dd>{candidate.version ? <code>{candidate.version}</code> : 'Newest when installed'}</dd>
        </div>
        <div>
          <dt>Cost</dt>
          <dd>{formatMonthlyCost(cost, machine.sleeps)}</dd>
        </div>
        {candidate.tools.length > 0 && (
          <div>
            <dt>Tools</dt>
            <dd>{candidate.tools.length} found</dd>
          </div>
        )}
      </dl>
      {candidate.notes && <p className="muted small">{candidate.notes}</p>}
      {warnings.length > 0 && (
        <ul className={classes.warnings}>
          {warnings.map((warning) => {
            const WarningIcon = warning.weight === 'INFO' ? IconInfoCircle : IconAlertTriangle;
            return (
              <li key={`${warning.code}:${warning.message}`} data-weight={warning.weight}>
                <WarningIcon size={15} aria-hidden />
                <span>{warning.message}</span>
              </li>
            );
          })}
        </ul>
      )}
      {mustConfirm && (
        <Checkbox
          id={props.acceptedId}
          label="I trust this package and want to run it"
          description="Catwalk could not confirm that it belongs to the source you pasted."
          checked={accepted}
          onChange={(event) => props.onAccept(event.currentTarget.checked)}
        />
      )}
    </div>
  );
}
