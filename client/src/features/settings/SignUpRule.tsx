import { Button, Radio, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { SignUpMode } from '../../generated/graphql.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { submitting } from '../../ui/inputs/submitting.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { parseAllowed } from './parse-allowed.ts';
import { SaveProblem } from './SaveProblem.tsx';
import classes from './Settings.module.css';
import { useUpdateSettings } from './update-settings.ts';

const SignUpRuleFragment = graphql(`
  fragment SignUpRule_rule on SignUpRule {
    mode
    allowed
  }
`);

const MODES: { value: SignUpMode; label: string; description: string }[] = [
  {
    value: 'OPEN',
    label: 'Open',
    description: 'Everybody may make an account, and run machines up to the quotas below.',
  },
  {
    value: 'LIMITED',
    label: 'Limited',
    description: 'Only the addresses below, and only with proof: an address counts when GitHub vouches for it.',
  },
  { value: 'CLOSED', label: 'Closed', description: 'Nobody new. Who has an account keeps it.' },
];

type SignUpRuleProps = { rule: FragmentType<typeof SignUpRuleFragment>; gitHubSignIn: boolean };

/** Who may make an account; the administrator's. */
export function SignUpRule({ gitHubSignIn, ...props }: SignUpRuleProps) {
  const rule = readFragment(SignUpRuleFragment, props.rule);
  const { save, saving, problem, forget } = useUpdateSettings();
  const [mode, setMode] = useState(rule.mode);
  const [text, setText] = useState(rule.allowed.join('\n'));
  const { allowed, wrong } = parseAllowed(text);
  const isMissing = mode === 'LIMITED' && allowed.length === 0;
  const isChanged = mode !== rule.mode || allowed.join() !== rule.allowed.join();
  const isReady = isChanged && !isMissing && (mode !== 'LIMITED' || wrong === null);

  return (
    <Panel title="Sign-up" description="For everybody. You see this as the administrator.">
      <form className={classes.form} onSubmit={submitting(() => isReady && save({ signUp: { mode, allowed } }))}>
        <Radio.Group
          label="Who may make an account"
          value={mode}
          onChange={(value) => {
            setMode(MODES.find((one) => one.value === value)?.value ?? mode);
            forget();
          }}
        >
          <div className={classes.choices}>
            {MODES.map(({ value, label, description }) => (
              <Radio key={value} value={value} label={label} description={description} />
            ))}
          </div>
        </Radio.Group>
        {mode === 'LIMITED' && (
          <Textarea
            label="Addresses and domains"
            description="One a line: ann@example.com, or example.com for everybody there."
            autosize
            minRows={3}
            maxRows={12}
            spellCheck={false}
            value={text}
            error={
              wrong === null ? (problem?.fields['signUp.allowed'] ?? null) : `Neither an address nor a domain: ${wrong}`
            }
            onChange={(event) => {
              setText(event.currentTarget.value);
              forget();
            }}
          />
        )}
        {mode === 'LIMITED' && !gitHubSignIn && (
          <p className={classes.problem}>
            GitHub sign-in is not set up, so nobody can prove an address: set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET.
          </p>
        )}
        <SaveProblem problem={problem} />
        <div className={classes.buttons}>
          <Button type="submit" loading={saving} disabled={!isReady}>
            Save
          </Button>
        </div>
      </form>
    </Panel>
  );
}
