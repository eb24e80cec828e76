import { useMutation } from '@apollo/client/react';
import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Account.module.css';

const DeleteAccountFragment = graphql(`
  fragment DeleteAccount_viewer on Viewer {
    id
    email
    hasPassword
    mayReplacePassword
  }
`);

const DeleteAccountDocument = graphql(`
  mutation DeleteAccount($currentPassword: String) {
    deleteAccount(currentPassword: $currentPassword) {
      __typename
      ...Problem_error
    }
  }
`);

/** Deletes the account of the viewer with everything that it owns. */
export function DeleteAccount(props: { viewer: FragmentType<typeof DeleteAccountFragment> }) {
  const viewer = readFragment(DeleteAccountFragment, props.viewer);
  const [remove, { loading }] = useMutation(DeleteAccountDocument);
  const [password, setPassword] = useState('');
  const [isConfirming, setConfirming] = useState(false);
  const needsPassword = viewer.hasPassword && !viewer.mayReplacePassword;

  const confirm = async () => {
    const currentPassword = needsPassword ? password : null;
    const { problem } = await payloadOf(
      'DeleteMemberPayload',
      async () => (await remove({ variables: { currentPassword } })).data?.deleteAccount,
    );
    if (problem) return problem;
    location.assign('/sign-in');
    return null;
  };

  return (
    <Panel
      title="Delete account"
      description="Deletes your account with all of its deployments, releases and credentials."
      tone="danger"
    >
      <div className={classes.form}>
        {needsPassword && (
          <PasswordInput
            label="Current password"
            description="Required to delete the account."
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
        <div>
          <Button
            color="red"
            variant="outline"
            disabled={needsPassword && password === ''}
            onClick={() => setConfirming(true)}
          >
            Delete account
          </Button>
        </div>
      </div>
      <ConfirmDialog
        opened={isConfirming}
        onClose={() => setConfirming(false)}
        title="Delete your account?"
        confirm="Delete account"
        typed={viewer.email}
        working={loading}
        onConfirm={confirm}
      >
        Your machines end, your endpoints stop working, and you are signed out everywhere. This cannot be undone.
      </ConfirmDialog>
    </Panel>
  );
}
