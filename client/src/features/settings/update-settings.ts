import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { requestProblem } from '../../apollo/problem.ts';
import type { KeyService, UpdateSettingsInput } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';

/** `Settings` is one object in the cache: whatever a mutation answers is what every section shows. */
const UpdateSettingsDocument = graphql(`
  mutation UpdateSettings($input: UpdateSettingsInput!) {
    updateSettings(input: $input) {
      __typename
      ...SettingsSections_settings
      ... on UserError {
        code
        message
        hint
      }
      ... on InvalidInputError {
        fields {
          field
          message
        }
      }
    }
  }
`);

const CheckServiceKeyDocument = graphql(`
  mutation CheckServiceKey($service: KeyService!) {
    checkServiceKey(service: $service) {
      __typename
      ...SettingsSections_settings
      ... on UserError {
        code
        message
        hint
      }
    }
  }
`);

/** What stands in the way of a change; `fields` by the name of the input they are about. */
export type SettingsProblem = {
  code: string;
  message: string;
  hint?: string | null | undefined;
  fields: Readonly<Record<string, string>>;
};

const failed = (error: unknown): SettingsProblem => ({ ...requestProblem(error), fields: {} });

/** Saves a part of the settings; the problem that it met stays until the next try. */
export function useUpdateSettings() {
  const [update, { loading: saving }] = useMutation(UpdateSettingsDocument);
  const [problem, setProblem] = useState<SettingsProblem | null>(null);

  const save = async (input: UpdateSettingsInput): Promise<SettingsProblem | null> => {
    const found = await send(input);
    setProblem(found);
    return found;
  };
  const send = async (input: UpdateSettingsInput): Promise<SettingsProblem | null> => {
    try {
      const result = (await update({ variables: { input } })).data?.updateSettings;
      if (!result) return failed(null);
      if (result.__typename === 'Settings') return null;
      const named = result.__typename === 'InvalidInputError' ? result.fields : [];
      const fields = Object.fromEntries(named.map(({ field, message }) => [field, message]));
      return { code: result.code, message: result.message, hint: result.hint, fields };
    } catch (error) {
      return failed(error);
    }
  };
  return { save, saving, problem, forget: () => setProblem(null) };
}

/** Asks a service again about the key that is kept. */
export function useCheckKey() {
  const [check, { loading: checking }] = useMutation(CheckServiceKeyDocument);
  const ask = async (service: KeyService): Promise<SettingsProblem | null> => {
    try {
      const result = (await check({ variables: { service } })).data?.checkServiceKey;
      if (!result) return failed(null);
      return result.__typename === 'Settings' ? null : { ...result, fields: {} };
    } catch (error) {
      return failed(error);
    }
  };
  return { ask, checking };
}
