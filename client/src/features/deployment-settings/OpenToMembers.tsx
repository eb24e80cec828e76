import { Switch } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useSave } from './save.ts';

export const OpenToMembersFragment = graphql(`
  fragment OpenToMembers_deployment on Deployment {
    id
    name
    access
    openToMembers
  }
`);

/** Lets everyone who can sign in connect a client. Closing it asks for confirmation: others lose their keys. */
export function OpenToMembers(props: { deployment: FragmentType<typeof OpenToMembersFragment> }) {
  const { id, name, access, openToMembers } = readFragment(OpenToMembersFragment, props.deployment);
  const [save, saving] = useSave(id);
  const [closing, setClosing] = useState(false);
  return (
    <>
      <Switch
        label="Everyone who can sign in here may connect"
        description={
          access === 'OAUTH'
            ? 'Give people the endpoint. Each allows their own clients, and sees nothing else of this deployment.'
            : 'Requires OAuth, which you choose under Access.'
        }
        checked={openToMembers}
        disabled={access !== 'OAUTH' || saving}
        onChange={(event) => {
          if (event.currentTarget.checked)
            void save({ openToMembers: true }, `Everyone here may now connect to ${name}`);
          else setClosing(true);
        }}
      />
      <ConfirmDialog
        opened={closing}
        onClose={() => setClosing(false)}
        title={`Close ${name} to others?`}
        confirm="Close"
        working={saving}
        onConfirm={async () => {
          await save({ openToMembers: false }, `Only you may connect to ${name} now`);
          return null;
        }}
      >
        Everyone else’s clients are disconnected at once, and the keys that they entered are deleted. Yours stay.
      </ConfirmDialog>
    </>
  );
}
