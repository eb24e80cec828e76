import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { KeySettings } from './KeySettings.tsx';
import { UsageMeters } from './UsageMeters.tsx';

const SettingsSectionsFragment = graphql(`
  fragment SettingsSections_settings on Settings {
    ...KeySettings_settings
    ...UsageMeters_settings
  }
`);

type SettingsSectionsProps = {
  settings: FragmentType<typeof SettingsSectionsFragment>;
  machines: 'LOCAL' | 'FLY';
};

/** The viewer's own keys and usage. */
export function SettingsSections({ machines, ...props }: SettingsSectionsProps) {
  const settings = readFragment(SettingsSectionsFragment, props.settings);
  return (
    <>
      <KeySettings settings={settings} machines={machines} />
      <UsageMeters settings={settings} />
    </>
  );
}
