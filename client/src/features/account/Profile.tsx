import { useMutation } from '@apollo/client/react';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { notifyDone, notifyProblem } from '../../ui/feedback/notify.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Account.module.css';

const ProfileFragment = graphql(`
  fragment Profile_viewer on Viewer {
    id
    name
    email
    hasPassword
  }
`);

const UpdateAccountDocument = graphql(`
  mutation UpdateAccount($input: UpdateAccountInput!) {
    updateAccount(input: $input) {
      __typename
      ... on Viewer {
        id
        name
        email
      }
      ...Problem_error
    }
  }
`);

/** Name and email of the viewer. Changing the email requires the password, because the email is used to sign in. */
export function Profile(props: { viewer: FragmentType<typeof ProfileFragment> }) {
  const viewer = readFragment(ProfileFragment, props.viewer);
  const [update, { loading }] = useMutation(UpdateAccountDocument);
  const [name, setName] = useState(viewer.name);
  const [email, setEmail] = useState(viewer.email);
  const [password, setPassword] = useState('');
  const isNewAddress = email.trim().toLowerCase() !== viewer.email;
  const isChanged = isNewAddress || name.trim() !== viewer.name;

  const save = async () => {
    const input = { name, email, currentPassword: isNewAddress && viewer.hasPassword ? password : null };
    const outcome = await payloadOf('Viewer', async () => (await update({ variables: { input } })).data?.updateAccount);
    if (outcome.problem) return notifyProblem(outcome.problem);
    setName(outcome.payload.name);
    setEmail(outcome.payload.email);
    setPassword('');
    notifyDone('Account updated');
  };

  return (
    <Panel title="Profile">
      <form className={classes.form} onSubmit={handleSubmit(save)}>
        <TextInput
          label="Name"
          autoComplete="name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Email"
          description={viewer.hasPassword ? 'You sign in with this address.' : null}
          type="email"
          autoComplete="email"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        {isNewAddress && viewer.hasPassword && (
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
        <div>
          <Button type="submit" loading={loading} disabled={!isChanged}>
            Save
          </Button>
        </div>
      </form>
    </Panel>
  );
}
