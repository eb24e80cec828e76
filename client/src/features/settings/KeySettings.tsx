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
  }
`);

type KeySettingsProps = { settings: FragmentType<typeof KeySettingsFragment>; machines: 'LOCAL' | 'FLY' };

/** The keys that are used, and those of one's own. */
export function KeySettings({ machines, ...props }: KeySettingsProps) {
  const { fly, openRouter, gitHub } = readFragment(KeySettingsFragment, props.settings);
  const showsFly = machines === 'FLY' || fly.source === 'OWN';
  return (
    <Panel
      title="Keys"
      description="A key of your own is used before this Catwalk’s. It is checked when you save it, kept encrypted, and never shown again."
      flush
    >
      <ul className={classes.keys}>
        {showsFly && (
          <KeyItem
            service={fly}
            name="Fly.io"
            purpose="Runs your servers in your own organization, on your own bill."
            consequence="New releases run in this Catwalk’s organization again."
            held={fly.heldBy}
            change={{ flyToken: null }}
            form={(onDone) => <FlyForm kept={fly} onDone={onDone} />}
          >
            {fly.source === 'OWN' && (
              <p className={classes.fact}>
                <code>{fly.app}</code> in <code>{fly.organization}</code>
                {fly.appPending && fly.inUse && '; the app is made at the first deploy if it is absent'}.
                {!fly.inUse && ' It is not used while servers run on this computer.'}
              </p>
            )}
          </KeyItem>
        )}
        <KeyItem
          service={openRouter}
          name="OpenRouter"
          purpose="Lets a model describe the settings of a server from its README. Without a key the analysis works without."
          consequence="Analyses go on with this Catwalk’s key, or without a model."
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
          purpose="Reads repositories with a higher rate limit, and your private ones. What it opens is kept for you alone."
          consequence="Private repositories do not open any more. What was analyzed stays."
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
      </ul>
    </Panel>
  );
}
