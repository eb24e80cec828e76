import { Textarea, TextInput } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import type { ClipboardEvent, DragEvent, ReactNode } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Folded } from '../../ui/layout/Folded.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { AccessOptions, IsolationSelect } from '../catalog/AccessOptions.tsx';
import type { MachineSizeFragment, RegionFragment } from '../catalog/catalog.ts';
import { RegionSelect, SizeSelect, SleepSelect } from '../catalog/MachineOptions.tsx';
import { ArgumentFields } from '../fields/ArgumentFields.tsx';
import { CredentialInput } from '../fields/FieldInput.tsx';
import classes from './DeployForm.module.css';
import { ENV_FILE_BYTES_MAX, parseDotenv } from './dotenv.ts';
import { EnvPaste } from './EnvPaste.tsx';
import { ExtraVariables } from './ExtraVariables.tsx';
import { type DeployFormState, defaultName, mergeVariables } from './form-state.ts';

export const DeployFormFragment = graphql(`
  fragment DeployForm_candidate on ServerCandidate {
    key
    displayName
    package
    credentials {
      name
      label
      kind
      required
      requirement
      choices
      pattern
      group
      advanced
      confidence
      ...CredentialInput_field
    }
    arguments {
      name
      label
      kind
      required
      repeated
      positional
      flag
      choices
      ...ArgumentFields_field
    }
  }
`);

type DeployFormProps = {
  candidate: FragmentType<typeof DeployFormFragment>;
  form: DeployFormState;
  regions: readonly FragmentType<typeof RegionFragment>[];
  sizes: readonly FragmentType<typeof MachineSizeFragment>[];
};

/** Shows every setting that the analysis found: required ones first, advanced ones folded away. */
export function DeployForm({ candidate: masked, form, regions, sizes }: DeployFormProps) {
  const candidate = readFragment(DeployFormFragment, masked);
  const { values, update, errors } = form;
  const fields = { credentials: candidate.credentials, arguments: candidate.arguments };
  // A group in which one field is required is required as a whole, and stays together.
  const requiredGroups = new Set(candidate.credentials.flatMap((field) => (field.required && field.group) || []));
  const isRequired = (field: { required: boolean; group?: string | null }) =>
    field.required || requiredGroups.has(field.group ?? '');
  const required = candidate.credentials.filter(isRequired);
  const rest = candidate.credentials.filter((field) => !isRequired(field));
  const optional = rest.filter((field) => !field.advanced && field.confidence !== 'LOW');
  const folded = rest.filter((field) => !optional.includes(field));
  const credential = (field: (typeof candidate.credentials)[number]) => (
    <CredentialInput
      key={field.name}
      field={field}
      value={values.credentials[field.name] ?? ''}
      error={errors[`credential:${field.name}`]}
      onChange={(value) => form.setCredential(field.name, value)}
    />
  );
  // A whole .env file that is pasted into one field fills all of them.
  const onPaste = (event: ClipboardEvent) => {
    const pairs = parseDotenv(event.clipboardData.getData('text'));
    if (pairs.length < 2) return;
    event.preventDefault();
    update((before) => mergeVariables(before, pairs, fields));
  };

  // A file that is dropped on a file input belongs to that input.
  const onDrop = async (event: DragEvent) => {
    const file = event.dataTransfer.files[0];
    if (!file || event.defaultPrevented || file.size > ENV_FILE_BYTES_MAX) return;
    event.preventDefault();
    const pairs = parseDotenv(await file.text());
    update((before) => mergeVariables(before, pairs, fields));
  };

  return (
    <section
      className={classes.form}
      aria-label="Settings"
      onPaste={onPaste}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => void onDrop(event)}
    >
      {candidate.arguments.length > 0 && (
        <Panel title="Arguments" description="The server starts with these.">
          <div className={classes.stack}>
            <ArgumentFields
              fields={candidate.arguments}
              values={values.arguments}
              errorOf={(name) => errors[`argument:${name}`]}
              onChange={form.setArgument}
            />
          </div>
        </Panel>
      )}
      <Panel
        title="Credentials"
        description={
          candidate.credentials.length === 0 ? (
            'This server needs no credentials, as far as Catwalk found.'
          ) : (
            <>
              <IconLock size={13} className={classes.lock} aria-hidden /> Encrypted, and never shown again.
            </>
          )
        }
        actions={
          <EnvPaste
            known={new Set(candidate.credentials.map((field) => field.name))}
            onPaste={(pairs) => update((before) => mergeVariables(before, pairs, fields))}
          />
        }
      >
        <div className={classes.stack}>
          {grouped(required, credential)}
          {required.length > 0 && optional.length > 0 && <div className={classes.subtitle}>Optional</div>}
          {grouped(optional, credential)}
          {folded.length > 0 && (
            <Folded
              label={`${folded.length} advanced ${folded.length === 1 ? 'setting' : 'settings'}`}
              isNeeded={folded.some(({ name }) => errors[`credential:${name}`] !== undefined)}
            >
              {folded.map(credential)}
            </Folded>
          )}
          {values.extraEnvironment.length > 0 && (
            <ExtraVariables
              variables={values.extraEnvironment}
              errors={errors}
              onChange={(extraEnvironment) => update({ extraEnvironment })}
            />
          )}
        </div>
      </Panel>
      <Panel title="Name and machine">
        <div className={classes.stack}>
          <TextInput
            id="name"
            label="Name"
            description="Shown in your list. You can change it later."
            placeholder={defaultName(candidate.displayName)}
            value={values.name}
            error={errors['name']}
            maxLength={80}
            onChange={(event) => update({ name: event.currentTarget.value })}
          />
          <Folded
            label={`Advanced: ${regions.length > 1 ? 'region, ' : ''}memory, sleep, access, isolation, extra variables and arguments`}
          >
            <div className={classes.grid}>
              <RegionSelect regions={regions} value={values.region} onChange={(region) => update({ region })} />
              <SizeSelect sizes={sizes} value={values.memoryMb} onChange={(memoryMb) => update({ memoryMb })} />
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

type Groupable = { name: string; group?: string | null; requirement: string };

const isLazy = ({ requirement }: Groupable): boolean => requirement === 'LAZY';

/** Frames the fields of a group together: any one of them is enough. */
function grouped<Field extends Groupable>(fields: readonly Field[], render: (field: Field) => ReactNode): ReactNode[] {
  const seen = new Set<string>();
  const shown: ReactNode[] = [];
  for (const field of fields) {
    const { group } = field;
    const members = group ? fields.filter((other) => other.group === group) : [];
    if (!group || members.length < 2) {
      shown.push(render(field));
    } else if (!seen.has(group)) {
      seen.add(group);
      shown.push(
        <fieldset key={`group:${group}`} className={classes.group}>
          <legend>Enter one of these{members.every(isLazy) && ' (the tools won’t work without)'}</legend>
          {members.map(render)}
        </fieldset>,
      );
    }
  }
  return shown;
}
