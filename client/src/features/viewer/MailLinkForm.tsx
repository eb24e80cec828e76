import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import classes from './SignIn.module.css';
import { isProblem, requestMailedLink, type SignInProblem } from './sign-in.ts';

/** Requests a sign-in link by mail, for a new account or a forgotten password. */
export function MailLinkForm() {
  const [email, setEmail] = useState('');
  const [problem, setProblem] = useState<SignInProblem | null>(null);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const [working, setWorking] = useState(false);

  const submit = async () => {
    setWorking(true);
    const answer = await requestMailedLink(email.trim());
    setWorking(false);
    setProblem(isProblem(answer) ? answer : null);
    setSentTo(isProblem(answer) ? null : email.trim());
  };

  if (sentTo !== null) {
    return (
      <p className={classes.text} role="status">
        If {sentTo} may sign in here, a link is on its way. It works once, within 30 minutes.
      </p>
    );
  }
  return (
    <form className={classes.form} onSubmit={handleSubmit(submit)}>
      <TextInput
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      {problem && (
        <p className={classes.problem} role="alert">
          {problem.message}
        </p>
      )}
      <Button type="submit" loading={working} fullWidth>
        Email me a link
      </Button>
    </form>
  );
}
