import { Button } from '@mantine/core';
import { useState } from 'react';
import type { MemberStatus } from '../../generated/graphql.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { notifyDone, notifyProblem } from '../../ui/feedback/notify.ts';
import { useLastValue } from '../../ui/feedback/use-last-value.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Members.module.css';
import type { FreshLink, MemberActions } from './member-actions.ts';

export const MemberListFragment = graphql(`
  fragment MemberList_member on Member {
    id
    name
    email
    status
    lastSignedInAt
    deployments
  }
`);

const STATES: Record<MemberStatus, string | null> = {
  ACTIVE: null,
  INVITED: 'Invited',
  LOCKED: 'Locked',
  DELETING: 'Deleting',
};

type Target = { id: string; name: string; action: 'lock' | 'delete' };

type MemberListProps = {
  members: readonly FragmentType<typeof MemberListFragment>[];
  actions: MemberActions;
  onLink: (link: FreshLink) => void;
  onChanged: () => Promise<unknown>;
};

/** Lists the members with what the administrator can do about each. */
export function MemberList({ members: masked, actions, onLink, onChanged }: MemberListProps) {
  const members = masked.map((one) => readFragment(MemberListFragment, one));
  const [target, setTarget] = useState<Target | null>(null);
  const shown = useLastValue(target);

  const createLink = async (id: string) => {
    const { link, problem } = await actions.createLink(id);
    if (problem) return notifyProblem(problem);
    onLink(link);
  };
  const unlock = async (id: string, name: string) => {
    const problem = await actions.unlock(id);
    if (problem) return notifyProblem(problem);
    notifyDone(`${name} can sign in again`);
  };
  const confirm = async () => {
    if (target === null) return null;
    const problem = await (target.action === 'lock' ? actions.lock(target.id) : actions.remove(target.id));
    if (problem === null) await onChanged();
    return problem;
  };

  return (
    <Panel title="Members" flush>
      {members.length === 0 ? (
        <p className={classes.member}>No members yet. Invite the first one above.</p>
      ) : (
        <ul className={classes.list}>
          {members.map(({ id, name, email, status, lastSignedInAt, deployments }) => (
            <li key={id} className={classes.member}>
              <div>
                <div className={classes.names}>
                  <span className={classes.name}>{name}</span>
                  {STATES[status] && <span className={classes.state}>{STATES[status]}</span>}
                </div>
                <div className={classes.facts}>
                  <span>{email}</span>
                  {lastSignedInAt && (
                    <span>
                      signed in <Ago at={lastSignedInAt} />
                    </span>
                  )}
                  <span>{deployments === 1 ? '1 deployment' : `${deployments} deployments`}</span>
                </div>
              </div>
              {status !== 'DELETING' && (
                <div className={classes.buttons}>
                  {status === 'LOCKED' ? (
                    <Button variant="default" size="xs" aria-label={`Unlock ${name}`} onClick={() => unlock(id, name)}>
                      Unlock
                    </Button>
                  ) : (
                    <>
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={`Create sign-in link for ${name}`}
                        onClick={() => createLink(id)}
                      >
                        Create sign-in link
                      </Button>
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={`Lock ${name}`}
                        onClick={() => setTarget({ id, name, action: 'lock' })}
                      >
                        Lock
                      </Button>
                    </>
                  )}
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={`Delete ${name}`}
                    onClick={() => setTarget({ id, name, action: 'delete' })}
                  >
                    Delete
                  </Button>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {shown && (
        <ConfirmDialog
          opened={target !== null}
          onClose={() => setTarget(null)}
          title={shown.action === 'lock' ? `Lock ${shown.name}?` : `Delete ${shown.name}?`}
          confirm={shown.action === 'lock' ? 'Lock' : 'Delete'}
          {...(shown.action === 'delete' ? { typed: shown.name } : {})}
          working={actions.isWorking}
          onConfirm={confirm}
        >
          {shown.action === 'lock'
            ? 'Signs them out everywhere, refuses their API tokens and stops their deployments.'
            : 'Deletes the account with all of its deployments, releases and credentials. This cannot be undone.'}
        </ConfirmDialog>
      )}
    </Panel>
  );
}
