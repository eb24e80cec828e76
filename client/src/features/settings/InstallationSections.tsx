import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { pagePath } from '../../navigation/pages.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { IdentityProviders } from './IdentityProviders.tsx';
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
  /** False: the installation has one user, and no sign-up. */
  members: boolean;
  gitHubSignIn: boolean;
  mailSignIn: boolean;
};

/** The settings of the whole installation. Only administrators see them. */
export function InstallationSections({ members, gitHubSignIn, mailSignIn, ...props }: InstallationSectionsProps) {
  const { installation } = readFragment(InstallationSectionsFragment, props.settings);
  if (!installation) return null;
  return (
    <>
      {members && (
        <>
          <Panel
            title="Members"
            description="The people who have an account on this server."
            actions={
              <Button component={Link} to={pagePath('members')} variant="default" size="xs">
                Manage members
              </Button>
            }
          >
            Invite people, create sign-in links, lock or delete accounts.
          </Panel>
          <SignUpRule rule={installation.signUp} canProve={gitHubSignIn || mailSignIn} />
        </>
      )}
      <IdentityProviders />
      <QuotaLimits limits={installation.quotas} />
      <WebhookSettings webhook={installation.webhook ?? null} />
    </>
  );
}
