import { Textarea, TextInput } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { type ClipboardEvent, type DragEvent, type ReactNode, useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Folded } from '../../ui/layout/Folded.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { AccessOptions, IsolationSelect } from '../catalog/AccessOptions.tsx';
import type { MachineSizeFragment, ProcessorFragment, RegionFragment } from '../catalog/catalog.ts';
import { ProcessorSelect, RegionSelect, SizeSelect, SleepSelect } from '../catalog/MachineOptions.tsx';
import { ArgumentInput } from '../fields/ArgumentInput.tsx';
import { CredentialInput } from '../fields/FieldInput.tsx';
import { useFieldId } from '../fields/field-ids.ts';
import { argumentId, arrangeFields, credentialId } from './arrange-fields.ts';
import classes from './DeployForm.module.css';
import type { DeployFormState } from './deploy-forms.ts';
import { ENV_FILE_BYTES_MAX, type EnvPair, parseDotenv } from './dotenv.ts';
import { EnvPaste } from './EnvPaste.tsx';
import { ExtraVariables } from './ExtraVariables.tsx';
import { type DeployFormValues, defaultName, mergeVariables } from './form-state.ts';
import { PersonalChoice } from './PersonalChoice.tsx';
import { SettingFields } from './SettingFields.tsx';

export const DeployFormFragment = graphql(`
  fragment DeployForm_candidate on ServerCandidate {
    key
    displayName
    package
    proposedProcessor {
      name
      memoryMinMb
    }
    credentials {
      name
      label
      description
      kind
      required
      requirement
      choices
      pattern
      group
      together
      advanced
      personal
      confidence
      evidence {
        kind
      }
      ...CredentialInput_field
    }
    arguments {
      name
      label
      description
      kind
      required
      requirement
      repeated
      positional
      flag
      variable
      choices
      advanced
      evidence {
        kind
      }
      ...ArgumentInput_field
    }
  }
`);

type DeployFormProps = {
  candidate: FragmentType<typeof DeployFormFragment>;
  form: DeployFormState;
  regions: readonly FragmentType<typeof RegionFragment>[];
  sizes: readonly FragmentType<typeof MachineSizeFragment>[];
  processors: readonly FragmentType<typeof ProcessorFragment>[];
  /** Names the section when the page has several servers. */
  title?: string | undefined;
  /** Stands before the settings. */
  children?: ReactNode;
};

/** Shows every setting that the analysis found, in the order of its importance. */
export function DeployForm({ candidate: masked, form, regions, sizes, processors, title, children }: DeployFormProps) {
  const candidate = readFragment(DeployFormFragment, masked);
  const { values, update, errors } = form;
  const fieldId = useFieldId();
  const fields = { credentials: candidate.credentials, arguments: candidate.arguments };
  // Arranged at first and after a paste: a field must not move while the user types in it.
  const arrange = (filled: DeployFormValues) =>
    arrangeFields({ packageName: candidate.package, ...fields, isFilled: (id) => isFilled(filled, id) });
  const [arranged, setArranged] = useState(() => ({ demands: demandsOf(fields), arrangement: arrange(values) }));
  // A trial changes what the server needs.
  if (arranged.demands !== demandsOf(fields)) {
    setArranged({ demands: demandsOf(fields), arrangement: arrange(values) });
  }
  const { arrangement } = arranged;
  const fill = (pairs: readonly EnvPair[]) => {
    const next = mergeVariables(values, pairs, fields);
    update(next);
    setArranged({ demands: demandsOf(fields), arrangement: arrange(next) });
  };
  /** A page with several servers names each panel after its server. */
  const labelOf = (panel: string): string => (title ? `${panel} of ${title}` : panel);
  const isNothingRequired = arrangement.required.length === 0;
  // A whole .env file that is pasted into one field fills all of them.
  const onPaste = (event: ClipboardEvent) => {
    const pairs = parseDotenv(event.clipboardData.getData('text'));
    if (pairs.length < 2) return;
    event.preventDefault();
    fill(pairs);
  };

  // A file that is dropped on a file input belongs to that input.
  const onDrop = async (event: DragEvent) => {
    const file = event.dataTransfer.files[0];
    if (!file || event.defaultPrevented || file.size > ENV_FILE_BYTES_MAX) return;
    event.preventDefault();
    fill(parseDotenv(await file.text()));
  };

  return (
    <section
      className={classes.form}
      aria-label={title ?? 'New deployment'}
      onPaste={onPaste}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => void onDrop(event)}
    >
      {title && <h2 className={classes.server}>{title}</h2>}
      {children}
      <Panel
        title="Settings"
        label={labelOf('Settings')}
        description={
          <>
            {isNothingRequired && 'Nothing is required. '}
            <IconLock size={13} className={classes.lock} aria-hidden /> Secrets are encrypted, and never shown again.
          </>
        }
        actions={
          <EnvPaste
            draftKey={candidate.key}
            known={new Set(candidate.credentials.map((field) => field.name))}
            onPaste={fill}
          />
        }
      >
        <div className={classes.stack}>
          <SettingFields
            arrangement={arrangement}
            hasError={(id) => errors[id] !== undefined}
            credential={(field, alsoFlag) => (
              <CredentialInput
                key={field.name}
                field={field}
                alias={alsoFlag}
                value={values.credentials[field.name] ?? ''}
                error={errors[credentialId(field.name)]}
                onChange={(value) => form.setCredential(field.name, value)}
              />
            )}
            argument={(field, alsoVariable) => (
              <ArgumentInput
                key={field.name}
                field={field}
                alias={alsoVariable}
                values={values.arguments[field.name] ?? []}
                error={errors[argumentId(field.name)]}
                onChange={(next) => form.setArgument(field.name, next)}
              />
            )}
          />
          <PersonalChoice
            fields={candidate.credentials.filter(({ personal, kind }) => personal && kind !== 'FILE')}
            access={values.access}
            chosen={values.personal}
            onChange={(personal) => update({ personal })}
          />
          {values.extraEnvironment.length > 0 && (
            <ExtraVariables
              variables={values.extraEnvironment}
              errors={errors}
              onChange={(extraEnvironment) => update({ extraEnvironment })}
            />
          )}
        </div>
      </Panel>
      <Panel title="Name and machine" label={labelOf('Name and machine')}>
        <div className={classes.stack}>
          <TextInput
            id={fieldId('name')}
            label="Name"
            description="Shown in your list. You can change it later."
            placeholder={defaultName(candidate.displayName)}
            value={values.name}
            error={errors['name']}
            maxLength={80}
            onChange={(event) => update({ name: event.currentTarget.value })}
          />
          <Folded
            label={`Advanced: ${regions.length > 1 ? 'region, ' : ''}memory, ${processors.length > 0 ? 'processor, ' : ''}sleep, access, isolation, extra variables and arguments`}
          >
            <div className={classes.grid}>
              <RegionSelect regions={regions} value={values.region} onChange={(region) => update({ region })} />
              <SizeSelect sizes={sizes} value={values.memoryMb} onChange={(memoryMb) => update({ memoryMb })} />
              <ProcessorSelect
                processors={processors}
                value={values.processor}
                proposed={candidate.proposedProcessor.name}
                onChange={(processor, memoryMinMb) =>
                  update({
                    processor,
                    memoryMb: values.memoryMb === null ? null : Math.max(values.memoryMb, memoryMinMb),
                  })
                }
              />
              <SleepSelect
                value={values.sleepAfterMinutes}
                onChange={(sleepAfterMinutes) => update({ sleepAfterMinutes })}
              />
              <IsolationSelect value={values.isolation} onChange={(isolation) => update({ isolation })} />
            </div>
            <AccessOptions value={values.access} onChange={(access) => update({ access })} />
            {values.extraEnvironment.length === 0 && (
              <ExtraVariables
                variables={[]}
                errors={errors}
                onChange={(extraEnvironment) => update({ extraEnvironment })}
              />
            )}
            <Textarea
              label="Extra arguments"
              description="Added after the other arguments, one per line, exactly as written."
              placeholder={'--verbose\n--level=3'}
              autosize
              minRows={2}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
              spellCheck={false}
              value={values.extraArguments}
              onChange={(event) => update({ extraArguments: event.currentTarget.value })}
            />
          </Folded>
        </div>
      </Panel>
    </section>
  );
}

type Demanding = { name: string; required: boolean; requirement?: string; group?: string | null };

/** Changes when other settings are needed than before. */
const demandsOf = (fields: { credentials: readonly Demanding[]; arguments: readonly Demanding[] }): string =>
  [...fields.credentials, ...fields.arguments]
    .map(({ name, required, requirement, group }) => [name, required, requirement, group].join())
    .join('\n');

const isFilled = (values: DeployFormValues, id: string): boolean => {
  const [type, ...rest] = id.split(':');
  const name = rest.join(':');
  const set = type === 'credential' ? [values.credentials[name] ?? ''] : (values.arguments[name] ?? []);
  return set.some((value) => value !== '');
};
