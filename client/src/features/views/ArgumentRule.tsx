import { Select, Textarea } from '@mantine/core';
import type { FormNode } from '../schema-form/node.ts';
import classes from './Views.module.css';
import { type EditedArgument, rulesProblem, takesText } from './view-rules.ts';

const MODES = [
  { value: 'client', label: 'Set by clients' },
  { value: 'fixed', label: 'Fixed value' },
  { value: 'hidden', label: 'Hidden, never sent' },
] as const;

type ArgumentRuleProps = {
  name: string;
  node: FormNode;
  /** Null: clients set the argument. */
  rule: EditedArgument | null;
  onChange: (rule: EditedArgument | null) => void;
};

/** The values that a list of choices offers, as JSON. */
const choicesOf = (node: FormNode): { value: string; label: string }[] | null => {
  if (node.kind === 'boolean') return ['true', 'false'].map((value) => ({ value, label: value }));
  if (node.kind !== 'choice') return null;
  return node.choices.map(({ value, label }) => ({ value: JSON.stringify(value), label }));
};

const firstValue = (node: FormNode): EditedArgument => {
  const isText = takesText(node);
  const text = isText ? '' : (choicesOf(node)?.[0]?.value ?? (node.kind === 'number' ? '0' : 'null'));
  return { mode: 'fixed', isText, text };
};

/** Decides who sets an argument: clients, the view, or no one. */
export function ArgumentRule({ name, node, rule, onChange }: ArgumentRuleProps) {
  const choices = choicesOf(node);
  const choose = (mode: string | null) => {
    if (mode === 'hidden') onChange({ mode: 'hidden' });
    else onChange(mode === 'fixed' ? firstValue(node) : null);
  };
  return (
    <li className={classes.argument}>
      <span className={classes.argumentName}>
        <code>{name}</code> <span className="muted small">{node.type}</span>
        {node.required && <span className={classes.required}>required</span>}
        {node.description && <span className={classes.short}>{node.description}</span>}
      </span>
      <div className={classes.rule}>
        <Select
          aria-label={`Who sets ${name}`}
          size="xs"
          allowDeselect={false}
          data={[...MODES]}
          value={rule?.mode ?? 'client'}
          onChange={choose}
        />
        {rule?.mode === 'hidden' && node.required && (
          <p className={classes.warning}>Calls will fail: the server requires this argument.</p>
        )}
        {rule?.mode === 'fixed' &&
          (choices && !rule.isText ? (
            <Select
              aria-label={`Value of ${name}`}
              size="xs"
              allowDeselect={false}
              data={choices}
              value={rule.text}
              onChange={(text) => text !== null && onChange({ ...rule, text })}
            />
          ) : (
            <Textarea
              aria-label={`Value of ${name}`}
              description={rule.isText ? undefined : 'JSON'}
              size="xs"
              autosize
              minRows={1}
              maxRows={8}
              spellCheck={false}
              value={rule.text}
              error={rulesProblem(rule)}
              onChange={(event) => onChange({ ...rule, text: event.currentTarget.value })}
            />
          ))}
      </div>
    </li>
  );
}
