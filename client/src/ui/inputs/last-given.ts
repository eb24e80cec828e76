import { useState } from 'react';

/** What was given last: a dialog keeps its words while it fades out, though what it is about is gone already. */
export function useLastGiven<Value>(value: Value | null): Value | null {
  const [last, setLast] = useState(value);
  if (value !== null && value !== last) setLast(value);
  return value ?? last;
}
