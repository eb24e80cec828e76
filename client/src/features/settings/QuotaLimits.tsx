import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { SaveFooter } from './SaveFooter.tsx';
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
  { name: 'analysesPerDay', label: 'Analyses per day', description: 'Cached results don’t count.', whole: true },
  {
    name: 'modelUsdPerMonth',
    label: 'AI budget per month ($)',
    description: 'Applies to the installation key.',
    whole: false,
  },
] as const;

type Name = (typeof FIELDS)[number]['name'];

const wrongAmount = (text: string, whole: boolean): string | null => {
  if (text.trim() === '') return null;
  const amount = Number(text);
  if (!Number.isFinite(amount) || amount < 0) return 'Enter 0 or more.';
  return whole && !Number.isInteger(amount) ? 'Enter a whole number.' : null;
};

/** Lets the administrator limit what each user can use. An empty field is the default. */
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
      description="For each user, including administrators. A lower limit doesn’t stop anything that runs."
    >
      <form className={classes.form} data-wide onSubmit={handleSubmit(submit)}>
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
              error={wrongAmount(textOf(name), whole) ?? problem?.byField[`quotas.${name}`] ?? null}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setTexts((before) => ({ ...before, [name]: value }));
                forget();
              }}
            />
          ))}
        </div>
        <SaveFooter problem={problem} saving={saving} isReady={isReady} />
      </form>
    </Panel>
  );
}
