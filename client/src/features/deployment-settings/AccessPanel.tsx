import { useState } from 'react';
import type { UserProblem } from '../../apollo/problem.ts';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { notifyDone, notifyProblem } from '../../ui/feedback/notify.ts';
import { useLastValue } from '../../ui/feedback/use-last-value.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { type Access, AccessOptions } from '../catalog/AccessOptions.tsx';
import { useQuietSave } from './save.ts';

type AccessPanelProps = { id: string; name: string; access: Access };

/**
 * Changes who can call the endpoint. Making it public asks for confirmation, as does a change by which other people lose
 * their apps and keys; other changes apply at once.
 */
export function AccessPanel({ id, name, access }: AccessPanelProps) {
  const [save, saving] = useQuietSave(id);
  const [opening, setOpening] = useState(false);
  const [taking, setTaking] = useState<{ next: Access; message: string } | null>(null);
  const shown = useLastValue(taking);

  const apply = async (next: Access, confirm = false): Promise<UserProblem | null> => {
    const problem = await save({ access: next, ...(confirm ? { confirm } : {}) });
    if (problem?.code === 'CONFIRMATION_REQUIRED') {
      setTaking({ next, message: problem.message });
      return null;
    }
    if (!problem)
      notifyDone(
        next === 'PUBLIC' ? `${name} is now public` : 'Access updated. Callers without access are now refused.',
      );
    return problem;
  };
  const change = async (next: Access) => {
    if (next === access) return;
    if (next === 'PUBLIC') return setOpening(true);
    const problem = await apply(next);
    if (problem) notifyProblem(problem);
  };
  return (
    <Panel title="Access" description="Changes apply at once, without a new release.">
      <AccessOptions value={access} onChange={(next) => void change(next)} />
      <ConfirmDialog
        opened={opening}
        onClose={() => setOpening(false)}
        title={`Make ${name} public?`}
        confirm="Make public"
        working={saving}
        onConfirm={() => apply('PUBLIC')}
      >
        Anyone who knows the endpoint can call every tool with your credentials. Tokens keep working, and you can change
        this at any time.
      </ConfirmDialog>
      <ConfirmDialog
        opened={taking !== null}
        onClose={() => setTaking(null)}
        title={`Take ${name} from other people?`}
        confirm="Change access"
        working={saving}
        onConfirm={() => (taking === null ? null : apply(taking.next, true))}
      >
        {shown?.message} Only OAuth knows people. The keys cannot be brought back.
      </ConfirmDialog>
    </Panel>
  );
}
