import { Autocomplete, type AutocompleteProps } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Suggest } from './suggest.ts';

type SuggestingFieldProps = Omit<AutocompleteProps, 'data' | 'value' | 'onChange'> & {
  name: string;
  value: string;
  suggest: Suggest;
  onChange: (value: string) => void;
};

/** Waits for a pause in typing, so that a word is not a request for each of its letters. */
const PAUSE_MS = 200;
const SUGGESTIONS_MAX = 100;

/** A text field that offers the values that the server suggests. Any other text may be entered too. */
export function SuggestingField({ name, value, suggest, onChange, ...props }: SuggestingFieldProps) {
  const [focused, setFocused] = useState(false);
  const [suggestions, setSuggestions] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!focused) return;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const values = await suggest(name, value, abort.signal);
      if (!abort.signal.aborted) setSuggestions([...new Set(values)].slice(0, SUGGESTIONS_MAX));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [focused, name, value, suggest]);
  return (
    <Autocomplete
      {...props}
      autoComplete="off"
      spellCheck={false}
      data={[...suggestions]}
      filter={({ options }) => options}
      value={value}
      onChange={onChange}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    />
  );
}
