import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useIntent } from '../deployments/intent.ts';
import { RedeployDocument } from '../deployments/intents.ts';

type RedeployDialogProps = {
  id: string;
  name: string;
  /** Null: the newest there is. */
  version?: string | null;
  opened: boolean;
  onClose: () => void;
};

/** Asks before another release: it takes over by itself, and the disk of the present one goes with its machine. */
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
      The present release serves until the new one answers, and stays if it does not. What the server keeps on its disk
      does not survive: the new release starts with an empty one.
    </ConfirmDialog>
  );
}
