import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import classes from './Settings.module.css';

type LinkSubjectProps = {
  linking: boolean;
  /** Returns whether the subject was linked. */
  onLink: (subject: string, email: string) => Promise<boolean>;
};

/** Links a subject of an identity provider to a user of this installation. */
export function LinkSubject({ linking, onLink }: LinkSubjectProps) {
  const [subject, setSubject] = useState('');
  const [email, setEmail] = useState('');
  const isReady = subject.trim() !== '' && email.trim() !== '';
  const submit = async () => {
    if (!isReady || !(await onLink(subject, email))) return;
    setSubject('');
    setEmail('');
  };
  return (
    <form className={classes.form} onSubmit={handleSubmit(submit)}>
      <TextInput label="Subject" value={subject} onChange={(event) => setSubject(event.currentTarget.value)} />
      <TextInput label="User’s address" value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
      <div>
        <Button type="submit" variant="default" loading={linking} disabled={!isReady}>
          Link user
        </Button>
      </div>
    </form>
  );
}
