import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { FilesNote } from '../deployments/FilesNote.tsx';
import { RedeployDocument } from '../deployments/intents.ts';
import { useIntent } from '../deployments/use-intent.ts';

export const RedeployDialogFragment = graphql(`
  fragment RedeployDialog_deployment on Deployment {
    id
    name
    newerVersion
    currentRelease {
      id
      version
    }
  }
`);

type RedeployDialogProps = {
  deployment: FragmentType<typeof RedeployDialogFragment>;
  opened: boolean;
  onClose: () => void;
};

/** Confirms a release with the newest version: it takes over by itself, and the files of the live one are deleted. */
export function RedeployDialog({ deployment: masked, opened, onClose }: RedeployDialogProps) {
  const { id, name, newerVersion, currentRelease } = readFragment(RedeployDialogFragment, masked);
  const [redeploy, redeploying] = useIntent(RedeployDocument, { quiet: true });
  const present = currentRelease?.version;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={newerVersion ? `Deploy ${newerVersion} of ${name}?` : `Deploy the newest version of ${name}?`}
      confirm={newerVersion ? `Deploy ${newerVersion}` : 'Deploy'}
      tone="plain"
      working={redeploying}
      onConfirm={() => redeploy({ input: { id, version: newerVersion ?? null } })}
    >
      {newerVersion && present && `This replaces version ${present} with ${newerVersion}. `}
      {!newerVersion &&
        present &&
        `No version newer than ${present} is known. This deploys ${present} again, or a newer version published since the last check. `}
      The live release stays until the new one works. <FilesNote id={id} />
    </ConfirmDialog>
  );
}
