import { ElicitationForm } from './ElicitationForm.tsx';
import { SamplingForm } from './SamplingForm.tsx';
import type { ServerQuestion } from './server-question.ts';

/** A request of the server that the user answers by hand. */
export function ServerRequestForm({ question }: { question: ServerQuestion }) {
  switch (question.kind) {
    case 'elicitation':
      return <ElicitationForm elicitation={question.params} onRespond={question.respond} />;
    case 'sampling':
      return <SamplingForm request={question.params} onRespond={question.respond} />;
  }
}
