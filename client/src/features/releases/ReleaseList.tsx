import { Button } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { formatDuration } from '../../ui/data/duration.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { memoryWords } from '../catalog/MachineOptions.tsx';
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

const REASON_WORDS: Record<string, string> = {
  deploy: 'first deployment',
  redeploy: 'redeployed',
  rollback: 'rolled back',
  credentials: 'credentials changed',
  settings: 'settings changed',
};

type ReleaseListProps = {
  deploymentId: string;
  currentId: string | null;
  targetId: string | null;
  /** The newest release is on its way. */
  isMoving: boolean;
  releases: readonly FragmentType<typeof ReleaseRowFragment>[];
};

/** All releases, newest first; an older one that served can be chosen again. */
export function ReleaseList(props: ReleaseListProps) {
  const releases = readFragment(ReleaseRowFragment, props.releases);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const chosen = releases.find((release) => release.id === chosenId);

  const stateOf = (release: (typeof releases)[number]): { word: string; tone: string } => {
    if (release.id === props.currentId) return { word: 'Serving', tone: 'green' };
    if (release.id === props.targetId && props.isMoving) return { word: 'On its way', tone: 'blue' };
    if (release.failure) return { word: 'Failed', tone: 'red' };
    return release.liveAt ? { word: 'Retired', tone: 'gray' } : { word: 'Never served', tone: 'gray' };
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
                  <span className={classes.state} data-tone={state.tone}>
                    {state.word}
                  </span>
                </div>
                <div className={classes.facts}>
                  <span>{REASON_WORDS[release.reason] ?? release.reason}</span>
                  <span>
                    <Ago at={release.createdAt} />
                  </span>
                  <span>
                    {release.region} · {memoryWords(release.memoryMb)}
                  </span>
                  {release.liveAt && total > 0 && <span>live after {formatDuration(total)}</span>}
                </div>
                {release.failure && <p className={classes.failure}>{release.failure.message}</p>}
                <ReleaseChanges release={release} />
              </div>
              {release.liveAt && release.id !== props.currentId && !props.isMoving && (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconArrowBackUp size={14} />}
                  onClick={() => setChosenId(release.id)}
                >
                  Roll back
                </Button>
              )}
            </li>
          );
        })}
      </ol>
      <RollbackDialog deploymentId={props.deploymentId} release={chosen ?? null} onClose={() => setChosenId(null)} />
    </>
  );
}
