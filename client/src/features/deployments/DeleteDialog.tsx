import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { DeleteDocument } from './intents.ts';
import { useIntent } from './use-intent.ts';

type DeleteDialogProps = { id: string; name: string; opened: boolean; onClose: () => void };

export function DeleteDialog({ id, name, opened, onClose }: DeleteDialogProps) {
  const [remove] = useIntent(DeleteDocument);
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Delete ${name}?`}
      typed={name}
      confirm="Delete"
      // The status shows the deletion at once, and a refusal shows as a toast.
      onConfirm={() => {
        void remove({ id });
        return null;
      }}
    >
      The endpoint stops working at once and for good. The machine with its files, tokens, credentials, releases and
      logs are deleted. This cannot be undone.
    </ConfirmDialog>
  );
}
