import { useMutation } from '@apollo/client/react';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { complain } from '../../ui/feedback/complain.ts';
import { submitting } from '../../ui/inputs/submitting.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Account.module.css';
import { tell } from './tell.ts';

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
      ... on UserError {
        message
        hint
      }
    }
  }
`);

/** Who the viewer is. Another address takes the password, since one signs in with it. */
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
    const answer = await payloadOf('Viewer', async () => (await update({ variables: { input } })).data?.updateAccount);
    if (answer.problem) return complain(answer.problem);
    setName(answer.payload.name);
    setEmail(answer.payload.email);
    setPassword('');
    tell('Your account was changed.');
  };

  return (
    <Panel title="You">
      <form className={classes.form} onSubmit={submitting(save)}>
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
          description={viewer.hasPassword ? 'What you sign in with.' : null}
          type="email"
          autoComplete="email"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        {isNewAddress && viewer.hasPassword && (
          <PasswordInput
            label="Present password"
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
