import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { KeySettings } from './KeySettings.tsx';
import { QuotaLimits } from './QuotaLimits.tsx';
import { SignUpRule } from './SignUpRule.tsx';
import { UsageMeters } from './UsageMeters.tsx';
import { WebhookSettings } from './WebhookSettings.tsx';

const SettingsSectionsFragment = graphql(`
  fragment SettingsSections_settings on Settings {
    ...KeySettings_settings
    ...UsageMeters_settings
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

type SettingsSectionsProps = {
  settings: FragmentType<typeof SettingsSectionsFragment>;
  /** On this computer there is one person, and nobody to invite. */
  machines: 'LOCAL' | 'FLY';
};

/** What the viewer decides for themselves, and what the administrator decides for everybody. */
export function SettingsSections({ machines, ...props }: SettingsSectionsProps) {
  const settings = readFragment(SettingsSectionsFragment, props.settings);
  const { installation } = settings;
  return (
    <>
      <KeySettings settings={settings} machines={machines} />
      <UsageMeters settings={settings} />
      {installation && (
        <>
          {machines === 'FLY' && <SignUpRule rule={installation.signUp} />}
          <QuotaLimits limits={installation.quotas} />
          <WebhookSettings webhook={installation.webhook ?? null} />
        </>
      )}
    </>
  );
}
