import { ActionIcon, Select, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { UserProblem } from '../../apollo/problem.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { StatusBadge } from '../status/StatusBadge.tsx';
import type { Status } from '../status/status.ts';
import classes from './Bundles.module.css';
import { type EditedMember, MEMBERS_MAX, prefixProblem, withMember } from './edited-members.ts';
import type { MemberChoice } from './member-choices.ts';
import { faultOf } from './member-fault.ts';

type MemberRowsProps = {
  members: readonly EditedMember[];
  choices: readonly MemberChoice[];
  /** The statuses of members that the viewer cannot choose, by the UUID of the deployment. */
  statuses?: ReadonlyMap<string, Status>;
  /** The last refusal of the server; its fields are shown at the rows. */
  problem: UserProblem | null;
  readOnly?: boolean;
  onChange: (members: EditedMember[]) => void;
};

const WHOLE = '';

/** The members of a bundle, each with its view and its prefix, and a field that adds one. */
export function MemberRows({ members, choices, statuses, problem, readOnly = false, onChange }: MemberRowsProps) {
  const byId = new Map(choices.map((one) => [one.databaseId, one]));
  const change = (key: string, changes: Partial<EditedMember>) =>
    onChange(members.map((one) => (one.key === key ? { ...one, ...changes } : one)));
  const refusal = (index: number, field: string) =>
    problem?.fields?.find((one) => one.field === `members.${index}.${field}`)?.message;
  return (
    <div className={classes.editor}>
      {members.length > 0 && (
        <ul className={classes.members} aria-label="Servers of the bundle">
          {members.map((member, index) => {
            const { key, deploymentId, name, view, prefix } = member;
            const status = byId.get(deploymentId)?.status ?? statuses?.get(deploymentId);
            const fault = status && faultOf(status);
            const views = byId.get(deploymentId)?.views.map((one) => one.name) ?? [];
            const known = view === null || views.includes(view) ? views : [...views, view];
            return (
              <li key={key} className={classes.member} aria-label={name}>
                <div className={classes.server}>
                  <Link className="link" to={deploymentPath(deploymentId)}>
                    {name}
                  </Link>
                  {status && <StatusBadge status={status} />}
                  {fault && <p className={classes.fault}>{fault}</p>}
                  {refusal(index, 'deploymentId') && (
                    <p className={classes.problem}>{refusal(index, 'deploymentId')}</p>
                  )}
                </div>
                <Select
                  label="View"
                  aria-label={`View of ${name}`}
                  size="xs"
                  allowDeselect={false}
                  disabled={readOnly}
                  data={[{ value: WHOLE, label: 'Whole server' }, ...known.map((value) => ({ value, label: value }))]}
                  value={view ?? WHOLE}
                  error={refusal(index, 'view')}
                  onChange={(next) => change(key, { view: next || null })}
                />
                <TextInput
                  label="Prefix"
                  aria-label={`Prefix of ${name}`}
                  size="xs"
                  placeholder="from its name"
                  spellCheck={false}
                  readOnly={readOnly}
                  value={prefix}
                  maxLength={20}
                  error={prefixProblem(members, member) ?? refusal(index, 'prefix')}
                  onChange={(event) => change(key, { prefix: event.currentTarget.value.trim() })}
                />
                {!readOnly && (
                  <ActionIcon
                    className={classes.remove ?? ''}
                    variant="subtle"
                    color="gray"
                    size={30}
                    aria-label={`Remove ${name}`}
                    onClick={() => onChange(members.filter((one) => one.key !== key))}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {!readOnly && (
        <Select
          className={classes.add ?? ''}
          label="Add a server"
          placeholder={choices.length === 0 ? 'No deployments yet' : 'Choose a deployment'}
          description={members.length >= MEMBERS_MAX ? `A bundle has at most ${MEMBERS_MAX} servers.` : undefined}
          disabled={choices.length === 0 || members.length >= MEMBERS_MAX}
          searchable
          nothingFoundMessage="No deployment has this name"
          data={choices.map(({ databaseId, name }) => ({ value: databaseId, label: name }))}
          value={null}
          onChange={(id) => {
            const chosen = id && byId.get(id);
            if (chosen) onChange(withMember(members, chosen));
          }}
        />
      )}
    </div>
  );
}
