import type { FormEvent } from 'react';

/** For a form that is sent by script: the browser itself must not send it. */
export const submitting = (send: () => unknown) => (event: FormEvent) => {
  event.preventDefault();
  void send();
};
