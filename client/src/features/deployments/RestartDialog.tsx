import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useIntent } from './intent.ts';
import { RestartDocument } from './intents.ts';

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
      // Its status says at once that it restarts, and a refusal is told where the dialog was.
      onConfirm={() => {
        void restart({ id });
        return null;
      }}
    >
      Its machine is stopped and started: calls wait or fail meanwhile, sessions end, and what the server keeps in
      memory and on its disk is lost.
    </ConfirmDialog>
  );
}
