import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { FlyForm } from './FlyForm.tsx';
import { KeyForm } from './KeyForm.tsx';
import { KeyItem } from './KeyItem.tsx';
import classes from './Settings.module.css';

const KeySettingsFragment = graphql(`
  fragment KeySettings_settings on Settings {
    fly {
      ...KeyItem_key
      source
      organization
      app
      appPending
      heldBy
      inUse
    }
    openRouter {
      ...KeyItem_key
    }
    gitHub {
      ...KeyItem_key
    }
    registries {
      ...KeyItem_key
    }
  }
`);

type KeySettingsProps = { settings: FragmentType<typeof KeySettingsFragment>; machines: 'LOCAL' | 'FLY' };

/** Lists the keys of the services that Catwalk uses. */
export function KeySettings({ machines, ...props }: KeySettingsProps) {
  const { fly, openRouter, gitHub, registries } = readFragment(KeySettingsFragment, props.settings);
  const showsFly = machines === 'FLY' || fly.source === 'OWN';
  return (
    <Panel
      title="Keys"
      description="Your own key is used first. Keys are checked when saved, encrypted, and never shown again."
      flush
    >
      <ul className={classes.keys}>
        {showsFly && (
          <KeyItem
            service={fly}
            name="Fly.io"
            purpose="Runs your servers in your own Fly.io organization, billed to you."
            consequence="New releases run in the installation’s organization again."
            held={fly.heldBy}
            change={{ flyToken: null }}
            form={(onDone) => <FlyForm stored={fly} onDone={onDone} />}
          >
            {fly.source === 'OWN' && (
              <p className={classes.fact}>
                <code>{fly.app}</code> in <code>{fly.organization}</code>
                {fly.appPending && fly.inUse && ' (created at the first deploy if it doesn’t exist)'}.
                {!fly.inUse && ' Not used while servers run on this computer.'}
              </p>
            )}
          </KeyItem>
        )}
        <KeyItem
          service={openRouter}
          name="OpenRouter"
          purpose="Optional. Lets an AI model explain a server’s settings."
          consequence="Analyses continue with the installation key, or without AI."
          change={{ openRouterKey: null }}
          form={(onDone) => (
            <KeyForm
              field="openRouterKey"
              label="OpenRouter key"
              placeholder="sk-or-v1-…"
              help={{ href: 'https://openrouter.ai/settings/keys', text: 'openrouter.ai/settings/keys' }}
              onDone={onDone}
            />
          )}
        />
        <KeyItem
          service={gitHub}
          name="GitHub"
          purpose="Reads your private repositories, and public ones with a higher rate limit. Only you see the results."
          consequence="Private repositories can’t be read any more. Existing analyses stay."
          change={{ gitHubToken: null }}
          form={(onDone) => (
            <KeyForm
              field="gitHubToken"
              label="GitHub token"
              placeholder="github_pat_…"
              help={{ href: 'https://github.com/settings/tokens', text: 'github.com/settings/tokens' }}
              onDone={onDone}
            />
          )}
        />
        <KeyItem
          service={registries}
          name="Container registries"
          purpose="Reads your private container images. Public images need no login."
          consequence="Private images can’t be read any more. Running servers stay."
          change={{ registryLogins: null }}
          form={(onDone) => (
            <KeyForm
              field="registryLogins"
              label="Registry logins"
              placeholder="user:token@ghcr.io"
              help="One login for each registry, with commas between"
              onDone={onDone}
            />
          )}
        />
      </ul>
    </Panel>
  );
}
