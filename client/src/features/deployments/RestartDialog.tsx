import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { FilesNote } from './FilesNote.tsx';
import { RestartDocument } from './intents.ts';
import { useIntent } from './use-intent.ts';

type RestartDialogProps = { id: string; name: string; opened: boolean; onClose: () => void };

export function RestartDialog({ id, name, opened, onClose }: RestartDialogProps) {
  const [restart] = useIntent(RestartDocument);
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Restart ${name}?`}
      confirm="Restart"
      tone="plain"
      // The status shows the restart at once, and a refusal shows as a toast.
      onConfirm={() => {
        void restart({ id });
        return null;
      }}
    >
      The machine stops and starts again. Calls fail until it is back, sessions end, and everything in the server’s
      memory is lost. <FilesNote id={id} />
    </ConfirmDialog>
  );
}
