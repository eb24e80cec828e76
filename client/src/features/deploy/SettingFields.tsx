import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { Fragment, type ReactNode, useState } from 'react';
import { Folded } from '../../ui/layout/Folded.tsx';
import { type Arrangement, matchesSearch, type Setting } from './arrange-fields.ts';
import classes from './DeployForm.module.css';

type Named = { name: string; label: string; description?: string | null };
type CredentialField = Named & { required: boolean; requirement: string; together: readonly string[] };

type SettingFieldsProps<Credential, Argument> = {
  arrangement: Arrangement<Credential, Argument>;
  credential: (field: Credential, alsoFlag: string | null) => ReactNode;
  argument: (field: Argument, alsoVariable: string | null) => ReactNode;
  /** A folded field has an error: the fold stays open. */
  hasError: (id: string) => boolean;
};

/** From this many advanced settings, the fold has a search. */
const SEARCH_FROM = 6;

/** Shows the settings in their sections, with the advanced ones in one fold. */
export function SettingFields<Credential extends CredentialField, Argument extends Named>(
  props: SettingFieldsProps<Credential, Argument>,
) {
  const { required, usual, optional, advanced } = props.arrangement;
  const [search, setSearch] = useState('');
  const found = advanced.filter((setting) => matchesSearch(setting, search));
  const show = (setting: Setting<Credential, Argument>): ReactNode => {
    switch (setting.type) {
      case 'argument':
        return props.argument(setting.field, setting.alsoVariable);
      case 'credential':
        return props.credential(setting.field, setting.alsoFlag);
      case 'group':
        return <FieldGroup key={setting.key} fields={setting.fields} show={(field) => props.credential(field, null)} />;
    }
  };
  const section = (title: string, settings: readonly Setting<Credential, Argument>[]) =>
    settings.length > 0 && (
      <>
        <h3 className={classes.subtitle}>{title}</h3>
        {settings.map(show)}
      </>
    );
  return (
    <>
      {section('Required', required)}
      {section('Usually needed', usual)}
      {section('Optional', optional)}
      {advanced.length > 0 && (
        <Folded
          label={`${advanced.length} advanced ${advanced.length === 1 ? 'setting' : 'settings'}`}
          isNeeded={advanced.some((setting) => idsOf(setting).some(props.hasError))}
        >
          {advanced.length >= SEARCH_FROM && (
            <TextInput
              size="xs"
              leftSection={<IconSearch size={14} />}
              placeholder="Search advanced settings"
              aria-label="Search advanced settings"
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
            />
          )}
          {found.map(show)}
          {found.length === 0 && <p className="muted small">No settings match “{search.trim()}”.</p>}
        </Folded>
      )}
    </>
  );
}

const idsOf = <Credential extends Named, Argument extends Named>(setting: Setting<Credential, Argument>): string[] =>
  setting.type === 'group' ? setting.fields.map(({ name }) => `credential:${name}`) : [setting.key];

type Grouped = { name: string; required: boolean; requirement: string; together: readonly string[] };
type FieldGroupProps<Field> = { fields: readonly Field[]; show: (field: Field) => ReactNode };

/** Frames fields of which one is enough; fields that belong together stand together. */
export function FieldGroup<Field extends Grouped>({ fields, show }: FieldGroupProps<Field>) {
  const ways = waysOf(fields);
  const hasPair = ways.some((way) => way.length > 1);
  return (
    <GroupFrame
      isRequired={fields.some(({ required }) => required)}
      isUsual={fields.some(({ requirement }) => requirement !== 'OPTIONAL')}
    >
      {ways.map((way, at) => (
        <Fragment key={way.map(({ name }) => name).join()}>
          {hasPair && at > 0 && <p className={classes.or}>or</p>}
          {way.length > 1 ? <div className={classes.pairOfFields}>{way.map(show)}</div> : way.map(show)}
        </Fragment>
      ))}
    </GroupFrame>
  );
}

type GroupFrameProps = { isRequired: boolean; isUsual: boolean; children: ReactNode };

export function GroupFrame({ isRequired, isUsual, children }: GroupFrameProps) {
  return (
    <fieldset className={classes.group}>
      <legend>Enter one of these{isRequired ? '' : isUsual ? ' (usually needed)' : ' (optional)'}</legend>
      {children}
    </fieldset>
  );
}

/** The fields in their order, each with those that are needed together with it. */
export function waysOf<Field extends Pick<Grouped, 'name' | 'together'>>(fields: readonly Field[]): Field[][] {
  const done = new Set<string>();
  return fields.flatMap((field) => {
    if (done.has(field.name)) return [];
    const way = fields.filter(({ name }) => name === field.name || field.together.includes(name));
    for (const { name } of way) done.add(name);
    return [way];
  });
}
