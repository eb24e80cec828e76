import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemText } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { notifyDone } from '../../ui/feedback/notify.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Settings.module.css';
import { useQuietSave } from './save.ts';

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

export const ShortNamePanelFragment = graphql(`
  fragment ShortNamePanel_deployment on Deployment {
    id
    slug
    formerSlugs {
      slug
      until
    }
  }
`);

/** Changes the short name in addresses. An empty field stands for a short name made of the name. */
export function ShortNamePanel(props: { deployment: FragmentType<typeof ShortNamePanelFragment> }) {
  const { id, slug: saved, formerSlugs } = readFragment(ShortNamePanelFragment, props.deployment);
  const [save, saving] = useQuietSave(id);
  /** Null while the saved one is shown. */
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const slug = typed ?? saved;
  const submit = async () => {
    const found = await save({ slug });
    setProblem(found && problemText(found));
    if (found) return;
    setTyped(null);
    notifyDone('Short name saved');
  };
  return (
    <Panel
      title="Short name"
      description="Stands in the address instead of the id. A short name that you replace works for another 30 days; the id always works."
    >
      <form className={classes.inline} autoComplete="off" onSubmit={handleSubmit(submit)}>
        <TextInput
          aria-label="Short name"
          placeholder="Made of the name"
          spellCheck={false}
          value={slug}
          maxLength={40}
          error={problem}
          onChange={(event) => {
            setTyped(event.currentTarget.value.trim());
            setProblem(null);
          }}
        />
        <Button type="submit" variant="default" loading={saving} disabled={slug === saved}>
          Save
        </Button>
      </form>
      {formerSlugs.map(({ slug: former, until }) => (
        <p key={former} className="muted small">
          <code>{former}</code> works until {day.format(new Date(until))}.
        </p>
      ))}
    </Panel>
  );
}
