import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { z } from 'zod';
import { problemText, type UserProblem } from '../../apollo/problem.ts';
import { useDraft } from '../../drafts/draft-store.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { useFreshTokens } from '../tokens/fresh-tokens.ts';
import classes from './Bundles.module.css';
import { useBundleActions } from './bundle-actions.ts';
import { editedMemberSchema, hasProblems, memberInputs } from './edited-members.ts';
import { MemberRows } from './MemberRows.tsx';
import { useMemberChoices } from './member-choices.ts';

const draftSchema = z.object({ name: z.string(), slug: z.string(), members: z.array(editedMemberSchema) });

/** Creates a bundle, and opens its page with the token that it came with. A reload keeps what was entered. */
export function NewBundle({ onCancel }: { onCancel: () => void }) {
  const navigate = useNavigate();
  const { choices } = useMemberChoices();
  const { create, isCreating } = useBundleActions();
  const { keep } = useFreshTokens();
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const [draft, setDraft, discard] = useDraft<z.infer<typeof draftSchema>>({
    key: 'new-bundle',
    schema: draftSchema,
    initial: () => ({ name: '', slug: '', members: [] }),
  });
  const { name, slug, members } = draft;
  const change = (changes: Partial<typeof draft>) => {
    setDraft({ ...draft, ...changes });
    setProblem(null);
  };
  const submit = async () => {
    const outcome = await create({ name: name.trim(), slug: slug || null, members: memberInputs(members) });
    if (outcome.problem) {
      setProblem(outcome.problem);
      return;
    }
    const { accessToken, deployment } = outcome.payload;
    if (accessToken) keep(deployment.databaseId, accessToken);
    discard();
    await navigate(deploymentPath(deployment.databaseId));
  };
  const isReady = name.trim() !== '' && members.length > 0 && !hasProblems(members);
  const ofSlug = problem?.fields?.find(({ field }) => field === 'slug')?.message;
  return (
    <Panel title="New bundle" description="Several servers at one address, with tokens and OAuth of its own.">
      <form className={classes.form} autoComplete="off" onSubmit={handleSubmit(submit)}>
        <div className={classes.pair}>
          <TextInput
            label="Name"
            placeholder="Work"
            value={name}
            maxLength={80}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <TextInput
            label="Short name (optional)"
            description="In the address instead of the id: 3 to 40 lower-case letters, digits and hyphens."
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            placeholder="work"
            spellCheck={false}
            value={slug}
            maxLength={40}
            error={ofSlug}
            onChange={(event) => change({ slug: event.currentTarget.value.trim() })}
          />
        </div>
        <MemberRows
          members={members}
          choices={choices.filter(({ shared }) => !shared)}
          problem={problem}
          onChange={(next) => change({ members: next })}
        />
        {problem && (
          <p className={classes.problem} role="alert">
            {problemText(problem)}
          </p>
        )}
        <div className={classes.buttons}>
          <Button
            variant="default"
            onClick={() => {
              discard();
              onCancel();
            }}
          >
            Cancel
          </Button>
          <Button type="submit" loading={isCreating} disabled={!isReady}>
            Create bundle
          </Button>
        </div>
      </form>
    </Panel>
  );
}
