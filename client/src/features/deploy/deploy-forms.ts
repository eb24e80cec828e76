import { useState } from 'react';
import { checkForm, type DeployFormValues, type FormErrors, type FormFields, type ReadyInput } from './form-state.ts';

type Held = { values: DeployFormValues; tried: boolean; serverErrors: FormErrors };

/** The form of one server. Errors show after the first submit, and then follow the typing. */
export type DeployFormState = {
  values: DeployFormValues;
  update: (patch: Partial<DeployFormValues>) => void;
  setCredential: (name: string, value: string) => void;
  setArgument: (name: string, set: string[]) => void;
  errors: FormErrors;
  setServerErrors: (errors: FormErrors) => void;
  /** Returns the input to send, or null while something is wrong; from then on the errors show. */
  submit: () => ReadyInput | null;
  firstError: () => string | undefined;
};

/** Holds the values of several servers that are deployed together, by the keys of their candidates. */
export function useDeployForms(
  initial: () => ReadonlyMap<string, DeployFormValues>,
): (key: string, fields: FormFields, onChange: (values: DeployFormValues) => void) => DeployFormState {
  const [held, setHeld] = useState<ReadonlyMap<string, Held>>(
    () => new Map([...initial()].map(([key, values]) => [key, { values, tried: false, serverErrors: {} }])),
  );
  return (key, fields, onChange) => {
    const form = held.get(key);
    if (!form) throw new Error(`No form for ${key}.`);
    const { values, tried, serverErrors } = form;
    const checked = checkForm(values, fields);
    // Several forms change in one event: each change starts from the newest state of its own form.
    const change = (patch: (before: Held) => Partial<Held>) =>
      setHeld((all) => {
        const before = all.get(key) ?? form;
        return new Map([...all, [key, { ...before, ...patch(before) }]]);
      });
    const update = (patch: Partial<DeployFormValues>) => {
      const next = { ...values, ...patch };
      change(() => ({ values: next, serverErrors: {} }));
      onChange(next);
    };
    return {
      values,
      update,
      setCredential: (name, value) => update({ credentials: { ...values.credentials, [name]: value } }),
      setArgument: (name, set) => update({ arguments: { ...values.arguments, [name]: set } }),
      errors: tried ? { ...checked.errors, ...serverErrors } : serverErrors,
      setServerErrors: (errors) => change(() => ({ serverErrors: errors })),
      submit: () => {
        change(() => ({ tried: true }));
        return checked.ready;
      },
      firstError: () => Object.keys(checked.errors)[0],
    };
  };
}
