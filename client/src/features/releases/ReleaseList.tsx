import { Button } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { formatDuration } from '../../ui/duration.ts';
import { Ago } from '../../ui/Times.tsx';
import { memoryWords } from '../catalogue/MachineOptions.tsx';
import { useIntent } from '../deployments/intent.ts';
import { RollbackDocument } from '../deployments/intents.ts';
import { ReleaseChanges } from './ReleaseChanges.tsx';
import classes from './ReleaseList.module.css';

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
  const [rollback, rolling] = useIntent(RollbackDocument, { quiet: true });
  const [chosenId, setChosenId] = useState<string | null>(null);
  const chosen = releases.find((release) => release.id === chosenId);

  const stateOf = (release: (typeof releases)[number]): { word: string; tone: string } => {
    if (release.id === props.currentId) return { word: 'Serving', tone: 'green' };
    if (release.id === props.targetId && props.isMoving) return { word: 'On its way', tone: 'blue' };
    if (release.failure) return { word: 'Failed', tone: 'red' };
    return release.liveAt ? { word: 'Retired', tone: 'grey' } : { word: 'Never served', tone: 'grey' };
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
      <ConfirmDialog
        opened={chosen !== undefined}
        onClose={() => setChosenId(null)}
        title={`Roll back to release ${chosen?.number ?? ''}?`}
        confirm="Roll back"
        working={rolling}
        onConfirm={() => rollback({ input: { id: props.deploymentId, releaseId: chosenId } })}
      >
        A new release runs {chosen?.package}@{chosen?.version} with the arguments it had. The present one serves until
        it answers. What the server keeps on its disk does not survive.
      </ConfirmDialog>
    </>
  );
}
