import { Button, Textarea, TextInput } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { groupOf } from '../schema-form/node.ts';
import { ArgumentRule } from './ArgumentRule.tsx';
import { ShownSwitch } from './ShownSwitch.tsx';
import classes from './Views.module.css';
import { byName, type EditedView, isShown, withArgument, withChange } from './view-rules.ts';

export type Tool = {
  name: string;
  title?: string | null | undefined;
  description?: string | null | undefined;
  inputSchema?: unknown;
};

type ViewToolProps = { tool: Tool; view: EditedView; readOnly: boolean; onChange: (view: EditedView) => void };

/** One tool of the server in a view: shown or hidden, under which name and description, and with which arguments. */
export function ViewTool({ tool, view, readOnly, onChange }: ViewToolProps) {
  const [isOpen, setOpen] = useState(false);
  const { name } = tool;
  const change = view.tools.changes[name] ?? {};
  const { members } = useMemo(() => groupOf(tool.inputSchema), [tool.inputSchema]);
  const shown = isShown(view.tools, name, byName);
  const ruled = Object.keys(change.arguments ?? {}).length;
  const facts = [
    change.name && `shown as ${change.name}`,
    change.description && 'own description',
    ruled > 0 && `${ruled} ${ruled === 1 ? 'argument' : 'arguments'} set`,
  ].filter(Boolean);
  return (
    <li className={classes.tool} data-hidden={!shown || undefined}>
      <div className={classes.head}>
        <ShownSwitch
          text={name}
          selection={view.tools}
          matches={byName}
          readOnly={readOnly}
          onChange={(tools) => onChange({ ...view, tools })}
        />
        <span className={classes.words}>
          <code className={classes.name}>{name}</code>
          {facts.length > 0 && <span className={classes.facts}>{facts.join(' · ')}</span>}
          <span className={classes.short}>{change.description ?? tool.description ?? tool.title}</span>
        </span>
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          aria-expanded={isOpen}
          aria-label={`${readOnly ? 'Show' : 'Edit'} ${name}`}
          leftSection={<IconChevronRight size={13} className={classes.chevron} data-opened={isOpen || undefined} />}
          onClick={() => setOpen(!isOpen)}
        >
          {readOnly ? 'Show' : 'Edit'}
        </Button>
      </div>
      {isOpen && (
        <fieldset className={classes.detail} disabled={readOnly} aria-label={name}>
          <div className={classes.pair}>
            <TextInput
              label="Name in the view"
              placeholder={name}
              value={change.name ?? ''}
              maxLength={128}
              spellCheck={false}
              onChange={(event) => onChange(withChange(view, name, { name: event.currentTarget.value }))}
            />
            <TextInput
              label="Title in the view"
              placeholder={tool.title ?? 'None'}
              value={change.title ?? ''}
              maxLength={200}
              onChange={(event) => onChange(withChange(view, name, { title: event.currentTarget.value }))}
            />
          </div>
          <Textarea
            label="Description in the view"
            placeholder={tool.description ?? 'None'}
            autosize
            minRows={2}
            maxRows={10}
            maxLength={8_000}
            value={change.description ?? ''}
            onChange={(event) => onChange(withChange(view, name, { description: event.currentTarget.value }))}
          />
          {members.length > 0 && (
            <ul className={classes.arguments} aria-label={`Arguments of ${name}`}>
              {members.map((member) => (
                <ArgumentRule
                  key={member.name}
                  name={member.name}
                  node={member.node}
                  rule={change.arguments?.[member.name] ?? null}
                  onChange={(rule) => onChange(withArgument(view, name, member.name, rule))}
                />
              ))}
            </ul>
          )}
        </fieldset>
      )}
    </li>
  );
}
