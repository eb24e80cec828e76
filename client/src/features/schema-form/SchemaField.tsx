import { ActionIcon, Button, Fieldset, MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type Draft, draftOf, isRecord, listIn, textIn } from './draft.ts';
import type { FormNode } from './node.ts';
import classes from './SchemaForm.module.css';
import { SuggestingField } from './SuggestingField.tsx';
import { ONE_LINE } from './send-key.ts';
import type { Suggest } from './suggest.ts';

type FieldProps<Node extends FormNode = FormNode> = {
  node: Node;
  /** The name of the field; the position for a member of a list. */
  name: string;
  path: string;
  draft: Draft | undefined;
  problems: ReadonlyMap<string, string>;
  /** Makes ids that are unique on the page. */
  idOf: (path: string) => string;
  onChange: (draft: Draft) => void;
  /** Suggests values for the texts at the top of the form. */
  suggest?: Suggest | undefined;
};

const MONO = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } };

/** Shows the control for one value, and the controls for the values within it. */
export function SchemaField(props: FieldProps) {
  const { node, path, draft, onChange } = props;
  const shared = {
    id: props.idOf(path),
    label: <FieldLabel name={props.name} node={node} />,
    description: node.description,
    error: props.problems.get(path),
    withAsterisk: node.required,
  };
  const text = textIn(draft);
  switch (node.kind) {
    case 'group':
      return <GroupField {...props} node={node} />;
    case 'list':
      return <ListField {...props} node={node} />;
    case 'choices':
      return (
        <MultiSelect
          {...shared}
          clearable
          data={node.choices.map(({ label }, index) => ({ value: String(index), label }))}
          value={listIn(draft).map(textIn)}
          onChange={onChange}
        />
      );
    case 'choice':
    case 'boolean':
      return (
        <Select
          {...shared}
          placeholder="Not set"
          clearable={!node.required}
          data={
            node.kind === 'boolean'
              ? ['true', 'false']
              : node.choices.map(({ label }, index) => ({ value: String(index), label }))
          }
          value={text === '' ? null : text}
          onChange={(chosen) => onChange(chosen ?? '')}
        />
      );
    case 'number':
      return (
        <TextInput
          {...shared}
          inputMode={node.integer ? 'numeric' : 'decimal'}
          autoComplete="off"
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'text':
    case 'json':
      if (node.kind === 'text' && props.suggest && path === props.name) {
        return (
          <SuggestingField {...shared} name={props.name} suggest={props.suggest} value={text} onChange={onChange} />
        );
      }
      return (
        <Textarea
          {...shared}
          {...(node.kind === 'text' ? ONE_LINE : {})}
          autosize
          minRows={node.kind === 'json' ? 2 : 1}
          maxRows={12}
          spellCheck={false}
          autoComplete="off"
          placeholder={node.kind === 'json' ? 'JSON' : (PLACEHOLDERS[node.format ?? ''] ?? '')}
          {...(node.kind === 'json' ? { styles: MONO } : {})}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

const PLACEHOLDERS: Record<string, string> = {
  email: 'name@example.com',
  uri: 'https://…',
  url: 'https://…',
  date: '2026-11-20',
  'date-time': '2026-11-20T12:00:00Z',
};

function FieldLabel({ name, node }: { name: string; node: FormNode }) {
  return (
    <span className={classes.label}>
      {node.title && node.title !== name && <>{node.title} </>}
      <code>{name}</code> <span>{node.type}</span>
    </span>
  );
}

/** Frames the members of an object. */
function GroupField(props: FieldProps<Extract<FormNode, { kind: 'group' }>>) {
  const record = isRecord(props.draft) ? props.draft : {};
  return (
    <Fieldset
      id={props.idOf(props.path)}
      tabIndex={-1}
      legend={
        <>
          <FieldLabel name={props.name} node={props.node} />
          {!props.node.required && <span className="muted small"> optional</span>}
        </>
      }
      className={classes.group ?? ''}
    >
      {props.node.description && <p className="muted small">{props.node.description}</p>}
      {props.node.members.map((member) => (
        <SchemaField
          {...props}
          key={member.name}
          name={member.name}
          node={member.node}
          path={`${props.path}.${member.name}`}
          draft={record[member.name]}
          onChange={(next) => props.onChange({ ...record, [member.name]: next })}
        />
      ))}
    </Fieldset>
  );
}

/** A list that grows by rows. */
function ListField(props: FieldProps<Extract<FormNode, { kind: 'list' }>>) {
  const { node, name, path } = props;
  const drafts = listIn(props.draft);
  const problem = props.problems.get(path);
  return (
    <Fieldset
      id={props.idOf(path)}
      tabIndex={-1}
      legend={
        <>
          <FieldLabel name={name} node={node} />
          {!node.required && <span className="muted small"> optional</span>}
        </>
      }
      className={classes.group ?? ''}
    >
      {node.description && <p className="muted small">{node.description}</p>}
      {drafts.map((draft, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: members have no identity except their position
        <div key={index} className={classes.item}>
          <SchemaField
            {...props}
            node={node.item}
            name={String(index + 1)}
            path={`${path}.${index}`}
            draft={draft}
            onChange={(next) => props.onChange(drafts.map((before, at) => (at === index ? next : before)))}
          />
          <ActionIcon
            size={32}
            aria-label={`Remove ${name} ${index + 1}`}
            onClick={() => props.onChange(drafts.filter((_, at) => at !== index))}
          >
            <IconX size={15} />
          </ActionIcon>
        </div>
      ))}
      {problem && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <div>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconPlus size={13} />}
          disabled={drafts.length >= node.maxItems}
          onClick={() => props.onChange([...drafts, draftOf(node.item)])}
        >
          Add to {name}
        </Button>
      </div>
    </Fieldset>
  );
}
