import { Button } from '@mantine/core';
import { useState } from 'react';
import { problemText, type UserProblem } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { notifyDone } from '../../ui/feedback/notify.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Bundles.module.css';
import { useBundleActions } from './bundle-actions.ts';
import { type EditedMember, editedMembers, hasProblems, isSame, memberInputs } from './edited-members.ts';
import { MemberRows } from './MemberRows.tsx';
import { MergedTools } from './MergedTools.tsx';
import { useMemberChoices } from './member-choices.ts';
import { faultOf } from './member-fault.ts';

export const BundleMembersFragment = graphql(`
  fragment BundleMembers_deployment on Deployment {
    id
    shared
    viewerRole
    members {
      prefix
      databaseId
      name
      status
      view
    }
    bundleEffect {
      tools {
        name
        prefix
        description
      }
      tokens
    }
  }
`);

/** The members of a bundle, which its owners change here, and the tools that clients see of them. */
export function BundleMembers(props: { deployment: FragmentType<typeof BundleMembersFragment> }) {
  const { id, shared, viewerRole, members, bundleEffect } = readFragment(BundleMembersFragment, props.deployment);
  const { choices } = useMemberChoices();
  const { update, isUpdating } = useBundleActions();
  /** Null while nothing is changed: then the page follows the server. */
  const [edited, setEdited] = useState<EditedMember[] | null>(null);
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const saved = editedMembers(members);
  const shown = edited ?? saved;
  const isChanged = !isSame(shown, saved);
  const change = (next: EditedMember[] | null) => {
    setEdited(next);
    setProblem(null);
  };
  const save = async () => {
    const found = await update({ id, members: memberInputs(shown) });
    setProblem(found);
    if (found) return;
    setEdited(null);
    notifyDone('Servers of the bundle saved');
  };
  const missing = members.filter(({ status }) => faultOf(status) !== null).map(({ prefix }) => prefix);
  return (
    <>
      <Panel
        title="Servers"
        description="Clients see the tools of all servers, each with its prefix. A server that is unavailable takes only its own tools away."
      >
        <MemberRows
          members={shown}
          // All servers of a bundle have its owner.
          choices={choices.filter((one) => one.shared === shared)}
          statuses={new Map(members.map(({ databaseId, status }) => [databaseId, status]))}
          problem={problem}
          readOnly={viewerRole !== 'OWN'}
          onChange={change}
        />
        {problem && (
          <p className={classes.problem} role="alert">
            {problemText(problem)}
          </p>
        )}
        {isChanged && (
          <div className={classes.buttons}>
            <span className="muted small" role="status">
              Not saved. Clients are notified once you save.
            </span>
            <Button variant="default" onClick={() => change(null)}>
              Discard
            </Button>
            <Button loading={isUpdating} disabled={hasProblems(shown)} onClick={() => void save()}>
              Save
            </Button>
          </div>
        )}
      </Panel>
      <MergedTools tools={bundleEffect.tools} tokens={bundleEffect.tokens} missing={new Set(missing)} />
    </>
  );
}
