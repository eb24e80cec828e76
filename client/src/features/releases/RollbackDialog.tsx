import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useLastValue } from '../../ui/feedback/use-last-value.ts';
import { FilesNote } from '../deployments/FilesNote.tsx';
import { RollbackDocument } from '../deployments/intents.ts';
import { useIntent } from '../deployments/use-intent.ts';

type RollbackDialogProps = {
  deploymentId: string;
  /** The release to run again; null keeps the dialog closed. */
  release: { id: string; number: number; package: string; version: string } | null;
  onClose: () => void;
};

/** Confirms that an older release runs again, and says what becomes of the server's files. */
export function RollbackDialog({ deploymentId, release: selected, onClose }: RollbackDialogProps) {
  const release = useLastValue(selected);
  const [rollback, rolling] = useIntent(RollbackDocument, { quiet: true });
  return (
    <ConfirmDialog
      opened={selected !== null}
      onClose={onClose}
      title={`Roll back to release ${release?.number ?? ''}?`}
      confirm="Roll back"
      tone="plain"
      working={rolling}
      onConfirm={() => rollback({ input: { id: deploymentId, releaseId: release?.id ?? null } })}
    >
      A new release runs {release?.package}@{release?.version} with the settings it had. The live release stays until
      the new one works. <FilesNote id={deploymentId} />
    </ConfirmDialog>
  );
}
