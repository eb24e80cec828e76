import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import classes from './SignIn.module.css';
import { isProblem, type SignInProblem, signIn } from './sign-in.ts';

/** Signs in with email and password. The typed values stay when that fails. */
export function PasswordForm({ onSignedIn }: { onSignedIn: () => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<SignInProblem | null>(null);
  const [working, setWorking] = useState(false);

  const submit = async () => {
    setWorking(true);
    setProblem(null);
    const answer = await signIn(email.trim(), password);
    if (isProblem(answer)) {
      setProblem(answer);
      setWorking(false);
    } else onSignedIn();
  };

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
      <PasswordInput
        label="Password"
        name="password"
        autoComplete="current-password"
        required
        maxLength={128}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {problem && (
        <p className={classes.problem} role="alert">
          {problem.message}
          {problem.retryAfterSeconds && ` Try again in ${Math.ceil(problem.retryAfterSeconds / 60)} min.`}
        </p>
      )}
      <Button type="submit" loading={working} fullWidth>
        Sign in
      </Button>
    </form>
  );
}
