import { IconAlertCircle, IconCheck, IconCircleCheck } from '@tabler/icons-react';
import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import classes from './CandidateCard.module.css';
import { verificationOf } from './verification.ts';

export const CandidateCardFragment = graphql(`
  fragment CandidateCard_candidate on ServerCandidate {
    key
    displayName
    description
    runtime
    deployable
    notDeployableReason
    package
    version
    subfolder
    verified
    verdict
    notes
  }
`);

const RUNTIME_LABELS = {
  NPM: 'npm',
  PYPI: 'PyPI',
  GIT: 'git',
  OCI: 'container',
  SOURCE: 'source code',
  REMOTE: 'remote',
  MCPB: 'bundle',
  BUNDLE: 'several servers',
} as const;

type CandidateCardProps = {
  candidate: FragmentType<typeof CandidateCardFragment>;
  /** The pasted source of the analysis. */
  source: string;
  /** Absent when the candidate is the only one. */
  choice?: { type: 'radio' | 'checkbox'; name: string; checked: boolean; onChange: (checked: boolean) => void };
  /** Its deployment, once there is one. */
  deployed?: { databaseId: string } | undefined;
};

export function CandidateCard(props: CandidateCardProps) {
  const candidate = readFragment(CandidateCardFragment, props.candidate);
  const { choice, deployed } = props;
  const verification = verificationOf(candidate, props.source);
  const content = (
    <>
      <span className={classes.words}>
        <span className={classes.title}>
          {candidate.displayName !== candidate.package && <strong>{candidate.displayName}</strong>}
          <code className={classes.package}>
            {candidate.package}
            {candidate.version && <span className={classes.version}>@{candidate.version}</span>}
          </code>
        </span>
        {candidate.description && <span className={classes.description}>{candidate.description}</span>}
        {!candidate.deployable && (
          <span className={classes.reason}>
            {candidate.notDeployableReason ?? 'Catwalk can’t run this server.'} {candidate.notes}
          </span>
        )}
        <span className={classes.facts}>
          <span className={classes.tag}>{RUNTIME_LABELS[candidate.runtime]}</span>
          {candidate.subfolder && <code>{candidate.subfolder}</code>}
          {verification && (
            <span className={classes.verified} data-verified={candidate.verified}>
              {candidate.verified ? (
                <IconCircleCheck size={14} aria-hidden />
              ) : (
                <IconAlertCircle size={14} aria-hidden />
              )}
              {verification}
            </span>
          )}
          {deployed && (
            <Link className="link" to={deploymentPath(deployed.databaseId)}>
              Deployed
            </Link>
          )}
        </span>
      </span>
      {choice?.checked && <IconCheck className={classes.check} size={18} aria-hidden />}
    </>
  );
  if (!choice) return <div className={classes.card}>{content}</div>;
  return (
    <label className={classes.card} data-choice data-checked={choice.checked || undefined}>
      <input
        type={choice.type}
        className="visually-hidden"
        name={choice.name}
        checked={choice.checked}
        onChange={(event) => choice.onChange(event.currentTarget.checked)}
      />
      {content}
    </label>
  );
}
