import { useState } from 'react';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { type Access, AccessOptions } from '../catalog/AccessOptions.tsx';
import { useSave } from './save.ts';

type AccessPanelProps = { id: string; name: string; access: Access };

/** Who may call it. Opening it to everybody is asked about; everything else happens at once. */
export function AccessPanel({ id, name, access }: AccessPanelProps) {
  const [save, saving] = useSave(id);
  const [opening, setOpening] = useState(false);
  const change = (next: Access) => {
    if (next === access) return;
    if (next === 'PUBLIC') setOpening(true);
    else void save({ access: next }, 'Access is changed. Callers that may not are refused from now on.');
  };
  return (
    <Panel title="Access" description="Takes effect at once, without a new release.">
      <AccessOptions value={access} onChange={change} />
      <ConfirmDialog
        opened={opening}
        onClose={() => setOpening(false)}
        title={`Open ${name} to everybody?`}
        confirm="Make it public"
        working={saving}
        onConfirm={async () => {
          await save({ access: 'PUBLIC' }, `${name} is public.`);
          return null;
        }}
      >
        Anyone who learns its address can call every tool, with the credentials that you gave it. Its tokens keep
        working, and you can close it again at any time.
      </ConfirmDialog>
    </Panel>
  );
}
