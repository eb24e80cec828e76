import { useMutation } from '@apollo/client/react';
import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { notifyProblem } from '../../ui/feedback/notify.ts';
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
      ...Problem_error
    }
  }
`);

const DenyDeviceDocument = graphql(`
  mutation DenyDevice($code: String!) {
    denyDevice(code: $code) {
      __typename
      ...Problem_error
    }
  }
`);

const LIFETIMES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: 'none', label: 'Until revoked' },
];

type Scope = 'READ' | 'WRITE';
type DeviceRequestProps = {
  code: string;
  device: FragmentType<typeof DeviceFragment>;
  onDecided: (allowed: boolean) => void;
};

/** Shows which device requests access and from where, and lets the viewer allow or deny it. */
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
    if (problem) notifyProblem(problem);
    else onDecided(isAllowed);
  };

  return (
    <Panel
      title="A device requests access to your account"
      description="Only allow this if you just started it and it shows this code."
    >
      <div className={classes.card}>
        <span className={classes.code}>{code}</span>
        <dl className={classes.request}>
          <dt>Claims to be</dt>
          <dd>{device.name}</dd>
          <dt>Address</dt>
          <dd>
            <code>{device.address ?? 'unknown'}</code>
          </dd>
          <dt>Requested</dt>
          <dd>
            <Ago at={device.createdAt} />
          </dd>
        </dl>
        <Select
          label="Access"
          data={[
            { value: 'READ', label: 'Read-only' },
            ...(device.scope === 'WRITE' ? [{ value: 'WRITE', label: 'Read and write' }] : []),
          ]}
          value={scope}
          allowDeselect={false}
          onChange={(chosen) => setScope(chosen === 'READ' ? 'READ' : 'WRITE')}
        />
        <Select
          label="Expires after"
          data={LIFETIMES}
          value={lifetime}
          allowDeselect={false}
          onChange={(chosen) => setLifetime(chosen ?? '90')}
        />
        <div className={classes.buttons}>
          <Button loading={allowing} onClick={() => void decide(true)}>
            Allow
          </Button>
          <Button variant="default" loading={denying} onClick={() => void decide(false)}>
            Deny
          </Button>
        </div>
      </div>
    </Panel>
  );
}
