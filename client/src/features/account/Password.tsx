import { useMutation } from '@apollo/client/react';
import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { complain } from '../../ui/feedback/complain.ts';
import { submitting } from '../../ui/inputs/submitting.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Account.module.css';
import { tell } from './tell.ts';

const PasswordFragment = graphql(`
  fragment Password_viewer on Viewer {
    id
    email
    hasPassword
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
      ... on UserError {
        message
        hint
      }
    }
  }
`);

/** Sets the first password, or another one. Other browsers are signed out by it. */
export function Password(props: { viewer: FragmentType<typeof PasswordFragment> }) {
  const viewer = readFragment(PasswordFragment, props.viewer);
  const [change, { loading }] = useMutation(ChangePasswordDocument);
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');

  const save = async () => {
    const input = { newPassword: next, currentPassword: viewer.hasPassword ? current : null };
    const { problem } = await payloadOf(
      'Viewer',
      async () => (await change({ variables: { input } })).data?.changePassword,
    );
    if (problem) return complain(problem);
    setCurrent('');
    setNext('');
    tell('Your password was changed. Other browsers are signed out.');
  };

  return (
    <Panel
      title="Password"
      description={
        viewer.hasPassword
          ? 'Changing it signs you out of every other browser.'
          : 'With one you sign in without a link.'
      }
    >
      <form className={classes.form} onSubmit={submitting(save)}>
        <input type="email" autoComplete="username" value={viewer.email} readOnly hidden />
        {viewer.hasPassword && (
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label="New password"
          description="10 characters at least."
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
