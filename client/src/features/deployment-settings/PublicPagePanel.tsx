import { Button, Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { problemText } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { notifyDone } from '../../ui/feedback/notify.ts';
import { CopyField } from '../../ui/inputs/CopyField.tsx';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { useIntent } from '../deployments/use-intent.ts';
import classes from './Settings.module.css';

export const PublicPagePanelFragment = graphql(`
  fragment PublicPagePanel_deployment on Deployment {
    id
    publicPage {
      text
      view
      url
      badgeUrl
    }
    views {
      id
      name
    }
  }
`);

const PublishDocument = graphql(`
  mutation PublishPage($input: PublishPageInput!) {
    outcome: publishPage(input: $input) {
      __typename
      ...PublicPagePanel_deployment
      ...Problem_error
    }
  }
`);

const WithdrawDocument = graphql(`
  mutation WithdrawPage($id: ID!) {
    outcome: withdrawPage(deploymentId: $id) {
      __typename
      ...PublicPagePanel_deployment
      ...Problem_error
    }
  }
`);

const TEXT_CHARACTERS_MAX = 2_000;

/** Switches on, changes and switches off the page that everyone can open. */
export function PublicPagePanel(props: { deployment: FragmentType<typeof PublicPagePanelFragment> }) {
  const { id, publicPage: page = null, views } = readFragment(PublicPagePanelFragment, props.deployment);
  const [publish, publishing] = useIntent(PublishDocument, { quiet: true });
  const [withdraw, withdrawing] = useIntent(WithdrawDocument);
  const [text, setText] = useState(page?.text ?? '');
  const [view, setView] = useState(page?.view ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const isChanged = page === null || text !== page.text || view !== (page.view ?? '');
  const submit = async () => {
    const found = await publish({ input: { deploymentId: id, text, view: view === '' ? null : view } });
    setProblem(found && problemText(found));
    if (!found) notifyDone(page === null ? 'The public page is on' : 'Public page saved');
  };
  return (
    <Panel
      title="Public page"
      description="A page that everyone can open: what the server does, its tools and how to connect. It shows no tokens, settings or logs."
    >
      <form className={classes.stack} onSubmit={handleSubmit(submit)}>
        {page && (
          <>
            <CopyField label="Address" value={page.url} />
            <CopyField label="Badge" value={`[![MCP](${page.badgeUrl})](${page.url})`} />
          </>
        )}
        <Textarea
          label="Description"
          description="Optional. Plain text."
          autosize
          minRows={3}
          maxLength={TEXT_CHARACTERS_MAX}
          value={text}
          error={problem}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setProblem(null);
          }}
        />
        {views.length > 0 && (
          <Select
            label="Tools"
            description="A view keeps everything that it hides off the page."
            allowDeselect={false}
            data={[
              { value: '', label: 'The whole server' },
              ...views.map(({ name }) => ({ value: name, label: name })),
            ]}
            value={view}
            onChange={(next) => setView(next ?? '')}
          />
        )}
        <div className={classes.save}>
          <Button type="submit" variant="default" loading={publishing} disabled={!isChanged}>
            {page === null ? 'Publish page' : 'Save'}
          </Button>
          {page && (
            <Button variant="default" loading={withdrawing} onClick={() => void withdraw({ id })}>
              Switch off
            </Button>
          )}
        </div>
      </form>
    </Panel>
  );
}
