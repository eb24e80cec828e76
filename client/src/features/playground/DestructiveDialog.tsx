import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useLastValue } from '../../ui/feedback/use-last-value.ts';
import type { CapabilityRequest } from './capabilities.ts';
import { labelOf } from './saved-requests.ts';

type DestructiveDialogProps = {
  /** The call to confirm; null while there is none. */
  request: CapabilityRequest | null;
  onClose: () => void;
  onConfirm: (request: CapabilityRequest) => void;
};

/** Asks before a tool is called that, according to its server, can delete or overwrite data. */
export function DestructiveDialog({ request, onClose, onConfirm }: DestructiveDialogProps) {
  // The text stays while the dialog fades out.
  const shown = useLastValue(request);
  return (
    <ConfirmDialog
      opened={request !== null}
      onClose={onClose}
      title={`Call ${shown?.name ?? ''}?`}
      confirm="Call"
      onConfirm={() => {
        if (request) onConfirm(request);
        return Promise.resolve(null);
      }}
    >
      The server marks this tool as destructive: it can delete or overwrite data. Arguments:{' '}
      <code>{labelOf(shown?.args ?? {})}</code>
    </ConfirmDialog>
  );
}
