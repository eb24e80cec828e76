import { useMutation } from '@apollo/client/react';
import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { complain } from '../../ui/feedback/complain.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Account.module.css';

const DeviceFragment = graphql(`
  fragment DeviceRequest_device on DeviceLogin {
    name
    address
    scope
    createdAt
  }
`);

const AllowDeviceDocument = graphql(`
  mutation AllowDevice($input: AllowDeviceInput!) {
    allowDevice(input: $input) {
      __typename
      ... on UserError {
        message
        hint
      }
    }
  }
`);

const DenyDeviceDocument = graphql(`
  mutation DenyDevice($code: String!) {
    denyDevice(code: $code) {
      __typename
      ... on UserError {
        message
        hint
      }
    }
  }
`);

const LIFETIMES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
  { value: 'none', label: 'until it is revoked' },
];

type Scope = 'READ' | 'WRITE';
type DeviceRequestProps = {
  code: string;
  device: FragmentType<typeof DeviceFragment>;
  onDecided: (allowed: boolean) => void;
};

/** Who asks, from where, for what; and the two answers. */
export function DeviceRequest({ code, onDecided, ...props }: DeviceRequestProps) {
  const device = readFragment(DeviceFragment, props.device);
  const [allow, { loading: allowing }] = useMutation(AllowDeviceDocument);
  const [deny, { loading: denying }] = useMutation(DenyDeviceDocument);
  const [scope, setScope] = useState<Scope>(device.scope);
  const [lifetime, setLifetime] = useState('90');

  const decide = async (isAllowed: boolean) => {
    const days = lifetime === 'none' ? null : Number(lifetime);
    const { problem } = await payloadOf('DeviceAnswerPayload', async () =>
      isAllowed
        ? (await allow({ variables: { input: { code, scope, days } } })).data?.allowDevice
        : (await deny({ variables: { code } })).data?.denyDevice,
    );
    if (problem) complain(problem);
    else onDecided(isAllowed);
  };

  return (
    <Panel
      title="A program asks to use your account"
      description="Let it in only if you started it yourself, just now, and it shows this code."
    >
      <div className={classes.card}>
        <span className={classes.code}>{code}</span>
        <dl className={classes.asked}>
          <dt>It says it is</dt>
          <dd>{device.name}</dd>
          <dt>It asks from</dt>
          <dd>
            <code>{device.address ?? 'an unknown address'}</code>
          </dd>
          <dt>It asked</dt>
          <dd>
            <Ago at={device.createdAt} />
          </dd>
        </dl>
        <Select
          label="It may"
          data={[
            { value: 'READ', label: 'read' },
            ...(device.scope === 'WRITE' ? [{ value: 'WRITE', label: 'read and change' }] : []),
          ]}
          value={scope}
          allowDeselect={false}
          onChange={(chosen) => setScope(chosen === 'READ' ? 'READ' : 'WRITE')}
        />
        <Select
          label="For"
          data={LIFETIMES}
          value={lifetime}
          allowDeselect={false}
          onChange={(chosen) => setLifetime(chosen ?? '90')}
        />
        <div className={classes.buttons}>
          <Button loading={allowing} onClick={() => void decide(true)}>
            Let it in
          </Button>
          <Button variant="default" loading={denying} onClick={() => void decide(false)}>
            Turn it away
          </Button>
        </div>
      </div>
    </Panel>
  );
}
