import { Button } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { formatDuration } from '../../ui/data/duration.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { formatSize } from '../catalog/MachineOptions.tsx';
import { canServe, type Status } from '../status/status.ts';
import { ReleaseChanges } from './ReleaseChanges.tsx';
import classes from './ReleaseList.module.css';
import { RollbackDialog } from './RollbackDialog.tsx';

export const ReleaseRowFragment = graphql(`
  fragment ReleaseRow_release on Release {
    id
    number
    package
    version
    reason
    region
    memoryMb
    processor
    integrity
    createdAt
    liveAt
    retiredAt
    failure {
      code
      message
    }
    timings {
      phase
      milliseconds
    }
    ...ReleaseChanges_release
  }
`);

const REASON_LABELS: Record<string, string> = {
  deploy: 'first release',
  redeploy: 'redeployed',
  rollback: 'rolled back',
  credentials: 'credentials changed',
  settings: 'settings changed',
};

type ReleaseListProps = {
  deploymentId: string;
  currentId: string | null;
  targetId: string | null;
  status: Status;
  /** The newest release is being deployed. */
  isDeploying: boolean;
  releases: readonly FragmentType<typeof ReleaseRowFragment>[];
};

type Content = { package: string; version: string; integrity?: string | null };

/** Another release has the same version and other content, as a folder does that was edited. */
const isAmbiguous = (release: Content, all: readonly Content[]): boolean =>
  Boolean(release.integrity) &&
  all.some(
    (other) =>
      other.package === release.package && other.version === release.version && other.integrity !== release.integrity,
  );

/** The first characters of a hash in SRI notation. */
const shortHash = (integrity: string): string => integrity.replace(/^[a-z0-9]+-/, '').slice(0, 8);

/** Lists all releases, newest first. An older one that was live can be deployed again. */
export function ReleaseList(props: ReleaseListProps) {
  const releases = readFragment(ReleaseRowFragment, props.releases);
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const selected = releases.find((release) => release.id === selectedId);

  const stateOf = (release: (typeof releases)[number]): { label: string; tone: string } => {
    const isCurrent = release.id === props.currentId;
    if (isCurrent && props.status === 'UNHEALTHY') return { label: 'Not responding', tone: 'amber' };
    if (isCurrent && canServe(props.status)) return { label: 'Live', tone: 'green' };
    if (release.id === props.targetId && props.isDeploying) return { label: 'Deploying', tone: 'blue' };
    if (isCurrent && props.status === 'STOPPED') return { label: 'Stopped', tone: 'gray' };
    if (isCurrent && props.status === 'FAILED') return { label: 'Failed', tone: 'red' };
    if (release.failure) return { label: 'Failed', tone: 'red' };
    return release.liveAt ? { label: 'Previous', tone: 'gray' } : { label: 'Never live', tone: 'gray' };
  };

  return (
    <>
      <ol className={classes.list} aria-label="Releases">
        {releases.map((release) => {
          const state = stateOf(release);
          const total = release.timings.reduce((sum, timing) => sum + timing.milliseconds, 0);
          return (
            <li key={release.id} className={classes.item}>
              <span className={classes.number}>#{release.number}</span>
              <div className={classes.words}>
                <div className={classes.line}>
                  <code>
                    {release.package}@{release.version}
                  </code>
                  {isAmbiguous(release, releases) && (
                    <code className="muted" title={release.integrity ?? undefined}>
                      {shortHash(release.integrity ?? '')}
                    </code>
                  )}
                  <span className={classes.state} data-tone={state.tone}>
                    {state.label}
                  </span>
                </div>
                <div className={classes.facts}>
                  <span>{REASON_LABELS[release.reason] ?? release.reason}</span>
                  <span>
                    <Ago at={release.createdAt} />
                  </span>
                  <span>
                    {release.region} · {formatSize(release)}
                  </span>
                  {release.liveAt && total > 0 && <span>ready in {formatDuration(total)}</span>}
                </div>
                {release.failure && <p className={classes.failure}>{release.failure.message}</p>}
                <ReleaseChanges release={release} />
              </div>
              {release.liveAt && release.id !== props.currentId && !props.isDeploying && (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconArrowBackUp size={14} />}
                  onClick={() => setSelectedId(release.id)}
                >
                  Roll back…
                </Button>
              )}
            </li>
          );
        })}
      </ol>
      <RollbackDialog
        deploymentId={props.deploymentId}
        release={selected ?? null}
        onClose={() => setSelectedId(null)}
      />
    </>
  );
}
