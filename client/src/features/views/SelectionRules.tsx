import { SegmentedControl, TagsInput } from '@mantine/core';
import { useId } from 'react';
import classes from './Views.module.css';
import { type Selection, withLaterOnes } from './view-rules.ts';

type SelectionRulesProps = {
  /** Names the things in the plural, such as `tools`. */
  noun: string;
  selection: Selection;
  /** The names or URIs of all that the server has. */
  all: readonly string[];
  matches: (pattern: string, text: string) => boolean;
  placeholder: string;
  onChange: (selection: Selection) => void;
};

const PATTERNS = 'Names, or patterns in which * stands for any text.';

/** Rules by pattern: what is allowed, what is denied, and what becomes of things that later releases add. */
export function SelectionRules({ noun, selection, all, matches, placeholder, onChange }: SelectionRulesProps) {
  const label = useId();
  const { allow, deny } = selection;
  return (
    <div className={classes.patterns}>
      <div className={classes.later}>
        <span id={label}>New {noun} of later releases</span>
        <SegmentedControl
          size="xs"
          aria-labelledby={label}
          data={[
            { value: 'shown', label: 'Shown' },
            { value: 'hidden', label: 'Hidden' },
          ]}
          value={allow === null ? 'shown' : 'hidden'}
          onChange={(chosen) => onChange(withLaterOnes(selection, all, chosen === 'shown', matches))}
        />
      </div>
      {allow !== null && (
        <TagsInput
          label={`Allowed ${noun}`}
          description={PATTERNS}
          placeholder={placeholder}
          value={allow}
          onChange={(next) => onChange({ ...selection, allow: next })}
          acceptValueOnBlur
          splitChars={[',', '\n']}
        />
      )}
      <TagsInput
        label={`Hidden ${noun}`}
        description={`${PATTERNS} They win over what is allowed.`}
        placeholder={placeholder}
        value={deny}
        onChange={(next) => onChange({ ...selection, deny: next })}
        acceptValueOnBlur
        splitChars={[',', '\n']}
      />
    </div>
  );
}
