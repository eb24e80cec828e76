import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { QuotaLimits } from './QuotaLimits.tsx';
import { SignUpRule } from './SignUpRule.tsx';
import { WebhookSettings } from './WebhookSettings.tsx';

const InstallationSectionsFragment = graphql(`
  fragment InstallationSections_settings on Settings {
    installation {
      signUp {
        ...SignUpRule_rule
      }
      quotas {
        ...QuotaLimits_limits
      }
      webhook {
        ...WebhookSettings_webhook
      }
    }
  }
`);

type InstallationSectionsProps = {
  settings: FragmentType<typeof InstallationSectionsFragment>;
  /** LOCAL: the installation has one user, and no sign-up. */
  machines: 'LOCAL' | 'FLY';
  gitHubSignIn: boolean;
};

/** The settings of the whole installation. Only administrators see them. */
export function InstallationSections({ machines, gitHubSignIn, ...props }: InstallationSectionsProps) {
  const { installation } = readFragment(InstallationSectionsFragment, props.settings);
  if (!installation) return null;
  return (
    <>
      {machines === 'FLY' && <SignUpRule rule={installation.signUp} gitHubSignIn={gitHubSignIn} />}
      <QuotaLimits limits={installation.quotas} />
      <WebhookSettings webhook={installation.webhook ?? null} />
    </>
  );
}
