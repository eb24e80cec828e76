import { Button, NativeSelect, Textarea } from '@mantine/core';
import { useState } from 'react';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Folded } from '../../ui/layout/Folded.tsx';
import classes from './Playground.module.css';
import { LOG_LEVELS, parseRoots, type SessionSettings } from './session-settings.ts';

type SessionSettingsFieldsProps = { settings: SessionSettings; onChange: (settings: SessionSettings) => void };

/** Lets the user set by hand what a client would tell the server: its roots and the level of log messages. */
export function SessionSettingsFields({ settings, onChange }: SessionSettingsFieldsProps) {
  const [text, setText] = useState(settings.roots.join('\n'));
  const [problem, setProblem] = useState<string | null>(null);
  const isChanged = text.trim() !== settings.roots.join('\n');
  const apply = () => {
    const parsed = parseRoots(text);
    if ('problem' in parsed) {
      setProblem(parsed.problem);
      return;
    }
    setText(parsed.roots.join('\n'));
    onChange({ ...settings, roots: parsed.roots });
  };
  return (
    <Folded label={settings.roots.length > 0 ? `Client settings (${settings.roots.length} roots)` : 'Client settings'}>
      <form className={classes.form} onSubmit={handleSubmit(apply)} aria-label="Client settings">
        <Textarea
          label="Roots"
          description="One path or file: URI a line. The server can ask for them."
          placeholder="/home/me/project"
          autosize
          minRows={2}
          maxRows={8}
          spellCheck={false}
          value={text}
          error={problem}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setProblem(null);
          }}
        />
        <div>
          <Button type="submit" size="xs" variant="default" disabled={!isChanged}>
            Set roots
          </Button>
        </div>
        <NativeSelect
          label="Log level"
          description="The server sends messages of this level and above."
          data={[{ value: '', label: 'Chosen by the server' }, ...LOG_LEVELS]}
          value={settings.logLevel ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...settings, logLevel: LOG_LEVELS.find((level) => level === value) ?? null })
          }
        />
      </form>
    </Folded>
  );
}
