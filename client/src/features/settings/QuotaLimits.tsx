import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { submitting } from '../../ui/inputs/submitting.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { SaveProblem } from './SaveProblem.tsx';
import classes from './Settings.module.css';
import { useUpdateSettings } from './update-settings.ts';

const QuotaLimitsFragment = graphql(`
  fragment QuotaLimits_limits on QuotaLimits {
    machines
    analysesPerDay
    modelUsdPerMonth
  }
`);

const FIELDS = [
  { name: 'machines', label: 'Machines', description: 'Running, asleep or stopped.', whole: true },
  { name: 'analysesPerDay', label: 'Analyses a day', description: 'Answers from the cache are free.', whole: true },
  { name: 'modelUsdPerMonth', label: 'Models a month, in $', description: 'With this Catwalk’s key.', whole: false },
] as const;

type Name = (typeof FIELDS)[number]['name'];

const wrongAmount = (text: string, whole: boolean): string | null => {
  if (text.trim() === '') return null;
  const amount = Number(text);
  if (!Number.isFinite(amount) || amount < 0) return 'A number from 0 up.';
  return whole && !Number.isInteger(amount) ? 'A whole number.' : null;
};

/** What each user may use; the administrator's. An empty field is the default. */
export function QuotaLimits(props: { limits: FragmentType<typeof QuotaLimitsFragment> }) {
  const limits = readFragment(QuotaLimitsFragment, props.limits);
  const { save, saving, problem, forget } = useUpdateSettings();
  const [texts, setTexts] = useState<Partial<Record<Name, string>>>({});
  const textOf = (name: Name) => texts[name] ?? String(limits[name]);
  const changed = FIELDS.filter(({ name }) => textOf(name) !== String(limits[name]));
  const isReady = changed.length > 0 && FIELDS.every(({ name, whole }) => wrongAmount(textOf(name), whole) === null);

  const submit = async () => {
    if (!isReady) return;
    const amount = (name: Name) => (textOf(name).trim() === '' ? null : Number(textOf(name)));
    const quotas = Object.fromEntries(changed.map(({ name }) => [name, amount(name)]));
    if ((await save({ quotas })) === null) setTexts({});
  };

  return (
    <Panel
      title="Quotas"
      description="For each user of this Catwalk, its administrator too. A lower limit stops nothing that runs."
    >
      <form className={classes.form} data-wide onSubmit={submitting(submit)}>
        <div className={classes.amounts}>
          {FIELDS.map(({ name, label, description, whole }) => (
            <TextInput
              key={name}
              label={label}
              description={description}
              placeholder="default"
              inputMode={whole ? 'numeric' : 'decimal'}
              autoComplete="off"
              value={textOf(name)}
              error={wrongAmount(textOf(name), whole) ?? problem?.fields[`quotas.${name}`] ?? null}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setTexts((before) => ({ ...before, [name]: value }));
                forget();
              }}
            />
          ))}
        </div>
        <SaveProblem problem={problem} />
        <div className={classes.buttons}>
          <Button type="submit" loading={saving} disabled={!isReady}>
            Save
          </Button>
        </div>
      </form>
    </Panel>
  );
}
