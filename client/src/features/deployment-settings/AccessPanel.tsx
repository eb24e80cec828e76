import { useState } from 'react';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { type Access, AccessOptions } from '../catalog/AccessOptions.tsx';
import { useSave } from './save.ts';

type AccessPanelProps = { id: string; name: string; access: Access };

/** Changes who can call the endpoint. Making it public asks for confirmation; other changes apply at once. */
export function AccessPanel({ id, name, access }: AccessPanelProps) {
  const [save, saving] = useSave(id);
  const [opening, setOpening] = useState(false);
  const change = (next: Access) => {
    if (next === access) return;
    if (next === 'PUBLIC') setOpening(true);
    else void save({ access: next }, 'Access updated. Callers without access are now refused.');
  };
  return (
    <Panel title="Access" description="Changes apply at once, without a new release.">
      <AccessOptions value={access} onChange={change} />
      <ConfirmDialog
        opened={opening}
        onClose={() => setOpening(false)}
        title={`Make ${name} public?`}
        confirm="Make public"
        working={saving}
        onConfirm={async () => {
          await save({ access: 'PUBLIC' }, `${name} is now public`);
          return null;
        }}
      >
        Anyone who knows the endpoint can call every tool with your credentials. Tokens keep working, and you can change
        this at any time.
      </ConfirmDialog>
    </Panel>
  );
}
