import { Button, Checkbox, Textarea } from '@mantine/core';
import { useMemo, useState } from 'react';
import { z } from 'zod';
import { problemText } from '../../apollo/problem.ts';
import { useDraft } from '../../drafts/draft-store.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { notifyDone } from '../../ui/feedback/notify.ts';
import { SearchField } from '../../ui/inputs/SearchField.tsx';
import { Folded } from '../../ui/layout/Folded.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { groupOf } from '../schema-form/node.ts';
import { SaveBar } from './SaveBar.tsx';
import { SelectionRules } from './SelectionRules.tsx';
import { useViewEffect } from './use-view-effect.ts';
import { ViewCapabilities } from './ViewCapabilities.tsx';
import classes from './Views.module.css';
import { type Tool, ViewTool } from './ViewTool.tsx';
import { useViewActions } from './view-actions.ts';
import { byName, type EditedView, editedFrom, editedViewSchema, type NodeOf, rulesFrom } from './view-rules.ts';

export const ViewEditorFragment = graphql(`
  fragment ViewEditor_view on View {
    id
    name
    rules
    revision
  }
`);

type ViewEditorProps = {
  deploymentId: string;
  databaseId: string;
  view: FragmentType<typeof ViewEditorFragment>;
  tools: readonly Tool[];
  prompts: readonly { name: string; description?: string | null | undefined }[];
  resources: readonly { uri: string; name?: string | null | undefined }[];
  instructions: string | null;
  isOwner: boolean;
};

/** The rules that were changed and not saved, and the revision from which they come. */
const draftSchema = z.object({ revision: z.number(), edited: editedViewSchema }).nullable();
/** From this many tools, the list has a search. */
const SEARCH_FROM = 8;

/** Edits the rules of a view. What is not saved yet stays when the page is left, and shows its effect at once. */
export function ViewEditor(props: ViewEditorProps) {
  const { deploymentId, databaseId, tools, isOwner } = props;
  const view = readFragment(ViewEditorFragment, props.view);
  const { id, name, rules, revision } = view;
  const [search, setSearch] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const { save, isSaving } = useViewActions(deploymentId);
  const [draft, setDraft, discard] = useDraft<z.infer<typeof draftSchema>>({
    key: `view ${id}`,
    schema: draftSchema,
    initial: () => null,
  });
  const nodeOf = useMemo(() => nodesOf(tools), [tools]);
  const saved = useMemo(() => editedFrom(rules, nodeOf), [rules, nodeOf]);
  const edited = draft?.edited ?? saved;
  const current = useMemo(() => rulesFrom(edited), [edited]);
  const {
    effect,
    problem: refused,
    isCurrent,
  } = useViewEffect(databaseId, current.rules, current.problems.length === 0);
  const change = (next: EditedView) => {
    setProblem(null);
    setDraft({ revision: draft?.revision ?? revision, edited: next });
  };
  const submit = async () => {
    const outcome = await save(name, current.rules);
    setProblem(outcome.problem ? problemText(outcome.problem) : null);
    if (outcome.problem) return;
    discard();
    notifyDone(`View ${name} saved`);
  };
  const query = search.trim().toLowerCase();
  const found = tools.filter((tool) => `${tool.name} ${tool.description ?? ''}`.toLowerCase().includes(query));
  const wrong = current.problems.map(({ tool, argument }) => `The value of ${argument} of ${tool} is not JSON.`);

  return (
    <>
      <Panel
        title={`Tools of ${name}`}
        flush
        actions={
          tools.length >= SEARCH_FROM && <SearchField label="Search tools" value={search} onChange={setSearch} />
        }
      >
        {draft !== null && draft.revision < revision && !isSaving && (
          <p className={classes.notice} role="status">
            The view was saved elsewhere since you began to edit it. Saving replaces those rules; Discard shows them.
          </p>
        )}
        <fieldset className={classes.patternArea} disabled={!isOwner}>
          <SelectionRules
            noun="tools"
            selection={edited.tools}
            all={tools.map((tool) => tool.name)}
            matches={byName}
            placeholder="delete_*"
            onChange={(selection) => change({ ...edited, tools: { ...edited.tools, ...selection } })}
          />
        </fieldset>
        <ul className={classes.tools} aria-label="Tools of the view">
          {found.map((tool) => (
            <ViewTool key={tool.name} tool={tool} view={edited} readOnly={!isOwner} onChange={change} />
          ))}
          {found.length === 0 && (
            <li className={classes.none}>
              {tools.length === 0
                ? 'Tools appear here once the server is running.'
                : `No tools match “${search.trim()}”.`}
            </li>
          )}
        </ul>
      </Panel>
      <Panel title={`Prompts, resources and instructions of ${name}`}>
        <fieldset className={classes.more} disabled={!isOwner}>
          <ViewCapabilities view={edited} prompts={props.prompts} resources={props.resources} onChange={change} />
          <div className={classes.instructions}>
            <Checkbox
              label="Own instructions"
              description="In place of the instructions that the server sends to clients. Leave empty to send none."
              checked={edited.instructions !== null}
              onChange={(event) =>
                change({ ...edited, instructions: event.currentTarget.checked ? (props.instructions ?? '') : null })
              }
            />
            {edited.instructions !== null && (
              <Textarea
                aria-label="Instructions"
                autosize
                minRows={2}
                maxRows={12}
                maxLength={20_000}
                value={edited.instructions}
                onChange={(event) => change({ ...edited, instructions: event.currentTarget.value })}
              />
            )}
          </div>
          {props.instructions && edited.instructions === null && (
            <Folded label="Instructions of the server">
              <p className={classes.short}>{props.instructions}</p>
            </Folded>
          )}
        </fieldset>
      </Panel>
      <SaveBar
        effect={effect}
        problems={[...wrong, ...[problem ?? refused].flatMap((one) => one ?? [])]}
        isChanged={draft !== null}
        isCurrent={isCurrent}
        buttons={
          isOwner && (
            <>
              <Button variant="default" disabled={draft === null} onClick={discard}>
                Discard
              </Button>
              <Button loading={isSaving} disabled={draft === null || wrong.length > 0} onClick={() => void submit()}>
                Save view
              </Button>
            </>
          )
        }
      />
    </>
  );
}

function nodesOf(tools: readonly Tool[]): NodeOf {
  const byTool = new Map(
    tools.map((tool) => [tool.name, new Map(groupOf(tool.inputSchema).members.map((one) => [one.name, one.node]))]),
  );
  return (tool, argument) => byTool.get(tool)?.get(argument) ?? null;
}
