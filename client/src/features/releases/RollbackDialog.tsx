import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useLastGiven } from '../../ui/inputs/last-given.ts';
import { useIntent } from '../deployments/intent.ts';
import { RollbackDocument } from '../deployments/intents.ts';

type RollbackDialogProps = {
  deploymentId: string;
  /** The release to run again; null keeps the dialog closed. */
  release: { id: string; number: number; package: string; version: string } | null;
  onClose: () => void;
};

/** Asks before an older release runs again: it begins with an empty disk. */
export function RollbackDialog({ deploymentId, release: chosen, onClose }: RollbackDialogProps) {
  const release = useLastGiven(chosen);
  const [rollback, rolling] = useIntent(RollbackDocument, { quiet: true });
  return (
    <ConfirmDialog
      opened={chosen !== null}
      onClose={onClose}
      title={`Roll back to release ${release?.number ?? ''}?`}
      confirm="Roll back"
      tone="plain"
      working={rolling}
      onConfirm={() => rollback({ input: { id: deploymentId, releaseId: release?.id ?? null } })}
    >
      A new release runs {release?.package}@{release?.version} with the arguments it had. What serves now goes on until
      it answers. What the server keeps on its disk does not survive.
    </ConfirmDialog>
  );
}
