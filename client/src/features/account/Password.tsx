import { useMutation } from '@apollo/client/react';
import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { notifyDone, notifyProblem } from '../../ui/feedback/notify.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Account.module.css';

const PasswordFragment = graphql(`
  fragment Password_viewer on Viewer {
    id
    email
    hasPassword
    mayReplacePassword
  }
`);

const ChangePasswordDocument = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      __typename
      ... on Viewer {
        id
        hasPassword
        sessions {
          id
        }
      }
      ...Problem_error
    }
  }
`);

/** Sets or changes the password, which signs out all other browsers. */
export function Password(props: { viewer: FragmentType<typeof PasswordFragment> }) {
  const viewer = readFragment(PasswordFragment, props.viewer);
  const [change, { loading }] = useMutation(ChangePasswordDocument);
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');

  const needsCurrent = viewer.hasPassword && !viewer.mayReplacePassword;

  const save = async () => {
    const input = { newPassword: next, currentPassword: needsCurrent ? current : null };
    const { problem } = await payloadOf(
      'Viewer',
      async () => (await change({ variables: { input } })).data?.changePassword,
    );
    if (problem) return notifyProblem(problem);
    setCurrent('');
    setNext('');
    notifyDone('Password changed. All other browsers are signed out.');
  };

  return (
    <Panel
      title="Password"
      description={
        viewer.hasPassword
          ? 'Changing it signs you out of every other browser.'
          : 'Set a password to sign in without a one-time link.'
      }
    >
      <form className={classes.form} onSubmit={handleSubmit(save)}>
        <input type="email" autoComplete="username" value={viewer.email} readOnly hidden />
        {needsCurrent && (
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label="New password"
          description="At least 10 characters."
          autoComplete="new-password"
          required
          minLength={10}
          maxLength={128}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <div>
          <Button type="submit" loading={loading} disabled={next.length < 10}>
            {viewer.hasPassword ? 'Change password' : 'Set password'}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
