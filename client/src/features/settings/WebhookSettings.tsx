import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { CopyField } from '../../ui/inputs/CopyField.tsx';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { SaveProblem } from './SaveProblem.tsx';
import classes from './Settings.module.css';
import { useUpdateSettings } from './update-settings.ts';
import { useSendTestAlert } from './use-send-test-alert.ts';
import { isChatAddress, webhookAddressProblem } from './webhook-address.ts';

const WebhookFragment = graphql(`
  fragment WebhookSettings_webhook on AlertWebhook {
    url
  }
`);

const SECRET_BYTES = 32;
const newSecret = (): string =>
  `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(SECRET_BYTES))))}`;

/** Lets the administrator choose who receives alerts, and try it. The secret shows once, when it is generated. */
export function WebhookSettings(props: { webhook: FragmentType<typeof WebhookFragment> | null }) {
  const webhook = readFragment(WebhookFragment, props.webhook);
  const { save, saving, problem, forget } = useUpdateSettings();
  /** Null while the stored address is shown. */
  const [typed, setTyped] = useState<string | null>(null);
  const url = typed ?? webhook?.url ?? '';
  const [secret, setSecret] = useState('');
  const [generated, setGenerated] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const wrong = webhookAddressProblem(url);
  const isChat = isChatAddress(url);
  const { send, sending } = useSendTestAlert();
  const isChanged = url.trim() !== (webhook?.url ?? '') || secret !== '';
  const isReady = isChanged && url.trim() !== '' && wrong === null && (isChat || webhook !== null || secret !== '');

  const submit = async () => {
    if (!isReady) return;
    const found = await save({ webhook: { url: url.trim(), secret: isChat || secret === '' ? null : secret.trim() } });
    if (found !== null) return;
    setTyped(null);
    setSecret('');
    setGenerated(null);
  };
  const generate = () => {
    const fresh = newSecret();
    setSecret(fresh);
    setGenerated(fresh);
    forget();
  };

  return (
    <Panel
      title="Alerts"
      description="Notify a webhook, Slack or Discord when a deployment fails, recovers or changes its tools."
    >
      <form className={classes.form} onSubmit={handleSubmit(submit)}>
        <TextInput
          label="Webhook URL"
          description="A public https address: of a receiver of Standard Webhooks, or an incoming webhook of Slack or Discord."
          placeholder="https://hooks.example.com/catwalk"
          type="url"
          autoComplete="off"
          spellCheck={false}
          value={url}
          error={wrong ?? problem?.byField['webhook.url'] ?? null}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            forget();
          }}
        />
        {!isChat && (
          <PasswordInput
            label="Signing secret"
            description={
              webhook ? 'Stored, and never shown. Leave empty to keep it.' : '24 to 64 random bytes in base64.'
            }
            placeholder="whsec_…"
            autoComplete="off"
            value={secret}
            error={problem?.byField['webhook.secret'] ?? null}
            onChange={(event) => {
              setSecret(event.currentTarget.value);
              setGenerated(null);
              forget();
            }}
          />
        )}
        {!isChat && generated && (
          <div className={classes.once} role="status">
            <CopyField label="Signing secret" value={generated} />
            <span>
              <strong>Copy it now.</strong> You won’t see it again. Add it to the receiver of the webhook, then save.
            </span>
          </div>
        )}
        <SaveProblem problem={problem} />
        <div className={classes.buttons}>
          <Button type="submit" loading={saving} disabled={!isReady}>
            Save
          </Button>
          {!isChat && (
            <Button variant="default" onClick={generate}>
              Generate secret
            </Button>
          )}
          {webhook && !isChanged && (
            <Button variant="default" loading={sending} onClick={() => void send()}>
              Send test
            </Button>
          )}
          {webhook && (
            <Button variant="default" onClick={() => setRemoving(true)}>
              Remove webhook
            </Button>
          )}
        </div>
      </form>
      <ConfirmDialog
        opened={removing}
        onClose={() => setRemoving(false)}
        title="Remove the webhook?"
        confirm="Remove"
        working={saving}
        onConfirm={async () => {
          const found = await save({ webhook: null });
          if (found === null) setTyped(null);
          return found;
        }}
      >
        No alerts are sent when deployments fail. The secret is deleted too.
      </ConfirmDialog>
    </Panel>
  );
}
