import type { FormEvent } from 'react';

/** Makes the submit handler of a form that a script sends: the browser itself must not send it. */
export const handleSubmit = (send: () => unknown) => (event: FormEvent) => {
  event.preventDefault();
  void send();
};
