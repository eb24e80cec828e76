import { Radio, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { SignUpMode } from '../../generated/graphql.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { parseAllowed } from './parse-allowed.ts';
import { SaveFooter } from './SaveFooter.tsx';
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
    description: 'Anyone with a confirmed address can create an account and run machines up to the quotas below.',
  },
  {
    value: 'LIMITED',
    label: 'Limited',
    description: 'Only the addresses below can sign up, after GitHub or a mailed link has confirmed them.',
  },
  { value: 'CLOSED', label: 'Closed', description: 'Only people you invite get an account. Existing accounts stay.' },
];

type SignUpRuleProps = {
  rule: FragmentType<typeof SignUpRuleFragment>;
  /** True if GitHub or a mailed link can confirm an address. */
  canProve: boolean;
};

/** Lets the administrator choose who can create an account. */
export function SignUpRule({ canProve, ...props }: SignUpRuleProps) {
  const rule = readFragment(SignUpRuleFragment, props.rule);
  const { save, saving, problem, forget } = useUpdateSettings();
  const [mode, setMode] = useState(rule.mode);
  const [text, setText] = useState(rule.allowed.join('\n'));
  const { allowed, wrong } = parseAllowed(text);
  const isMissing = mode === 'LIMITED' && allowed.length === 0;
  const isChanged = mode !== rule.mode || allowed.join() !== rule.allowed.join();
  const isReady = isChanged && !isMissing && (mode !== 'LIMITED' || wrong === null);

  return (
    <Panel title="Sign-up" description="For the whole installation. Only administrators see this.">
      <form className={classes.form} onSubmit={handleSubmit(() => isReady && save({ signUp: { mode, allowed } }))}>
        <Radio.Group
          label="Who can create an account"
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
            description="One per line: ann@example.com, or example.com for every address of that domain."
            autosize
            minRows={3}
            maxRows={12}
            spellCheck={false}
            value={text}
            error={
              wrong === null
                ? (problem?.byField['signUp.allowed'] ?? null)
                : `Not an email address or a domain: ${wrong}`
            }
            onChange={(event) => {
              setText(event.currentTarget.value);
              forget();
            }}
          />
        )}
        {mode !== 'CLOSED' && !canProve && (
          <p className={classes.problem}>
            Nothing can confirm an address, so only invited people get an account. Set SMTP_URL, or GITHUB_CLIENT_ID and
            GITHUB_CLIENT_SECRET.
          </p>
        )}
        <SaveFooter problem={problem} saving={saving} isReady={isReady} />
      </form>
    </Panel>
  );
}
