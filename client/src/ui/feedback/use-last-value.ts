import { useState } from 'react';

/** Returns the last value that was not null: a dialog keeps its words while it fades out, after its subject is gone. */
export function useLastValue<Value>(value: Value | null): Value | null {
  const [last, setLast] = useState(value);
  if (value !== null && value !== last) setLast(value);
  return value ?? last;
}
