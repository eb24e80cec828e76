import type { Elicitation, ElicitationResponse, SamplingRequest, SamplingResponse } from './session.ts';

/** A request of the server that the user answers by hand while a call waits. */
export type ServerQuestion = { id: number } & (
  | { kind: 'elicitation'; params: Elicitation; respond: (response: ElicitationResponse) => void }
  | { kind: 'sampling'; params: SamplingRequest; respond: (response: SamplingResponse) => void }
);
