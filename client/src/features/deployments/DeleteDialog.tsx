import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { useIntent } from './intent.ts';
import { DeleteDocument } from './intents.ts';

type DeleteDialogProps = { id: string; name: string; opened: boolean; onClose: () => void };

export function DeleteDialog({ id, name, opened, onClose }: DeleteDialogProps) {
  const [remove, removing] = useIntent(DeleteDocument, { quiet: true });
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Delete ${name}?`}
      typed={name}
      confirm="Delete"
      working={removing}
      onConfirm={() => remove({ id })}
    >
      Its endpoint stops answering at once and its address never works again. Its machine, tokens, credentials, releases
      and logs are deleted. This cannot be undone.
    </ConfirmDialog>
  );
}
