import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { CopyField } from '../../ui/inputs/CopyField.tsx';
import { submitting } from '../../ui/inputs/submitting.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { SaveProblem } from './SaveProblem.tsx';
import classes from './Settings.module.css';
import { useUpdateSettings } from './update-settings.ts';

const WebhookFragment = graphql(`
  fragment WebhookSettings_webhook on AlertWebhook {
    url
  }
`);

const SECRET_BYTES = 32;
const newSecret = (): string =>
  `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(SECRET_BYTES))))}`;

const wrongUrl = (text: string): string | null => {
  if (text.trim() === '') return null;
  return URL.canParse(text.trim()) && text.trim().startsWith('https://')
    ? null
    : 'An address that begins with https://';
};

/** Where alerts go; the administrator's. The secret is seen once, while it is made. */
export function WebhookSettings(props: { webhook: FragmentType<typeof WebhookFragment> | null }) {
  const webhook = readFragment(WebhookFragment, props.webhook);
  const { save, saving, problem, forget } = useUpdateSettings();
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [secret, setSecret] = useState('');
  const [made, setMade] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const wrong = wrongUrl(url);
  const isChanged = url.trim() !== (webhook?.url ?? '') || secret !== '';
  const isReady = isChanged && url.trim() !== '' && wrong === null && (webhook !== null || secret !== '');

  const submit = async () => {
    if (!isReady) return;
    const found = await save({ webhook: { url: url.trim(), secret: secret === '' ? null : secret.trim() } });
    if (found !== null) return;
    setSecret('');
    setMade(null);
  };
  const make = () => {
    const fresh = newSecret();
    setSecret(fresh);
    setMade(fresh);
    forget();
  };

  return (
    <Panel
      title="Alerts"
      description="A webhook is told when a deployment fails and when it recovers, signed as Standard Webhooks say."
    >
      <form className={classes.form} onSubmit={submitting(submit)}>
        <TextInput
          label="Webhook URL"
          description="A public https address; those of private networks are refused."
          placeholder="https://hooks.example.com/catwalk"
          type="url"
          autoComplete="off"
          spellCheck={false}
          value={url}
          error={wrong ?? problem?.fields['webhook.url'] ?? null}
          onChange={(event) => {
            setUrl(event.currentTarget.value);
            forget();
          }}
        />
        <PasswordInput
          label="Signing secret"
          description={
            webhook ? 'Kept, and never shown. Leave it empty to keep it.' : '24 to 64 random bytes in base64.'
          }
          placeholder="whsec_…"
          autoComplete="off"
          value={secret}
          error={problem?.fields['webhook.secret'] ?? null}
          onChange={(event) => {
            setSecret(event.currentTarget.value);
            setMade(null);
            forget();
          }}
        />
        {made && (
          <div className={classes.once} role="status">
            <CopyField label="Signing secret" value={made} />
            <span>
              <strong>Shown this once.</strong> Give it to whoever receives the webhook, then save.
            </span>
          </div>
        )}
        <SaveProblem problem={problem} />
        <div className={classes.buttons}>
          <Button type="submit" loading={saving} disabled={!isReady}>
            Save
          </Button>
          <Button variant="default" onClick={make}>
            Make a secret
          </Button>
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
        title="Remove the webhook"
        confirm="Remove"
        working={saving}
        onConfirm={async () => {
          const found = await save({ webhook: null });
          if (found === null) setUrl('');
          return found;
        }}
      >
        Nobody is told any more when deployments fail. Its secret is gone with it.
      </ConfirmDialog>
    </Panel>
  );
}
