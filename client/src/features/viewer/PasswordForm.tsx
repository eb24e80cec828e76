import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import classes from './SignIn.module.css';
import { isProblem, type SignInProblem, signIn, signUp } from './sign-in.ts';

type PasswordFormProps = {
  /** Creates an account instead of signing in. */
  isNew: boolean;
  onSignedIn: () => void;
};

/** Signs in with email and password, or creates an account. The typed values stay when that fails. */
export function PasswordForm({ isNew, onSignedIn }: PasswordFormProps) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<SignInProblem | null>(null);
  const [working, setWorking] = useState(false);

  const submit = async () => {
    setWorking(true);
    setProblem(null);
    const answer = isNew ? await signUp(name.trim(), email.trim(), password) : await signIn(email.trim(), password);
    if (isProblem(answer)) {
      setProblem(answer);
      setWorking(false);
    } else onSignedIn();
  };

  return (
    <form className={classes.form} onSubmit={handleSubmit(submit)}>
      {isNew && (
        <TextInput
          label="Name"
          name="name"
          autoComplete="name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
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
        {...(isNew ? { description: 'At least 10 characters.' } : {})}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        required
        minLength={isNew ? 10 : 1}
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
        {isNew ? 'Create account' : 'Sign in'}
      </Button>
    </form>
  );
}
