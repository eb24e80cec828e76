import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useIntent } from './intent.ts';
import { DeleteDocument } from './intents.ts';

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
      // Its status says at once that it is going, and a refusal is told where the dialog was.
      onConfirm={() => {
        void remove({ id });
        return null;
      }}
    >
      Its endpoint stops answering at once and its address never works again. Its machine, tokens, credentials, releases
      and logs are deleted. This cannot be undone.
    </ConfirmDialog>
  );
}
