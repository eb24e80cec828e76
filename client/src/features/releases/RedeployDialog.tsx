import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { RedeployDocument } from '../deployments/intents.ts';
import { useIntent } from '../deployments/use-intent.ts';

type RedeployDialogProps = {
  id: string;
  name: string;
  /** Null deploys the newest version. */
  version?: string | null;
  opened: boolean;
  onClose: () => void;
};

/** Confirms a new release: it takes over by itself, and the files of the live release are deleted with its machine. */
export function RedeployDialog({ id, name, version = null, opened, onClose }: RedeployDialogProps) {
  const [redeploy, redeploying] = useIntent(RedeployDocument, { quiet: true });
  const what = version === null ? 'the newest version' : version;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Deploy ${what} of ${name}?`}
      confirm={version === null ? 'Deploy the newest version' : `Deploy ${version}`}
      tone="plain"
      working={redeploying}
      onConfirm={() => redeploy({ input: { id, version } })}
    >
      The live release stays until the new one works. Files that the server wrote to its disk are deleted.
    </ConfirmDialog>
  );
}
