import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import type { KeyService, UpdateSettingsInput } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';

/** `Settings` is one object in the cache: every section shows the response of each mutation. */
const UpdateSettingsDocument = graphql(`
  mutation UpdateSettings($input: UpdateSettingsInput!) {
    updateSettings(input: $input) {
      __typename
      ...SettingsSections_settings
      ...InstallationSections_settings
      ...Problem_error
    }
  }
`);

const CheckServiceKeyDocument = graphql(`
  mutation CheckServiceKey($service: KeyService!) {
    checkServiceKey(service: $service) {
      __typename
      ...SettingsSections_settings
      ...Problem_error
    }
  }
`);

/** A change that was refused; `byField` holds the message for each input by its name. */
export type SettingsProblem = UserProblem & { byField: Readonly<Record<string, string>> };

const withFields = (problem: UserProblem): SettingsProblem => ({
  ...problem,
  byField: Object.fromEntries((problem.fields ?? []).map(({ field, message }) => [field, message])),
});

/** Saves a part of the settings; a problem stays until the next try. */
export function useUpdateSettings() {
  const [update, { loading: saving }] = useMutation(UpdateSettingsDocument);
  const [problem, setProblem] = useState<SettingsProblem | null>(null);

  const save = async (input: UpdateSettingsInput): Promise<SettingsProblem | null> => {
    const outcome = await payloadOf(
      'Settings',
      async () => (await update({ variables: { input } })).data?.updateSettings,
    );
    const found = outcome.problem ? withFields(outcome.problem) : null;
    setProblem(found);
    return found;
  };
  return { save, saving, problem, forget: () => setProblem(null) };
}

/** Verifies the stored key with its service again. */
export function useCheckKey() {
  const [check, { loading: checking }] = useMutation(CheckServiceKeyDocument);
  const run = async (service: KeyService): Promise<UserProblem | null> => {
    const { problem } = await payloadOf(
      'Settings',
      async () => (await check({ variables: { service } })).data?.checkServiceKey,
    );
    return problem ?? null;
  };
  return { check: run, checking };
}
