import { parseStartAttempt } from '../config.ts';
import { messageOf, redactFailure } from '../failure.ts';
import type { Trial } from './trial.ts';

/** Answers `POST /attempt`: with the report of one start, or with the reason why there is none. */
export const answerAttempt = async (
  trial: Trial,
  body: string,
  { isReady, redact }: { isReady: () => boolean; redact: (text: string) => string },
): Promise<{ status: number; answer: unknown }> => {
  const request = parseStartAttempt(body);
  if (request === null) return { status: 400, answer: { message: 'The request does not describe a start.' } };
  if (!isReady()) return { status: 409, answer: { message: 'The package is not installed.' } };
  try {
    const report = await trial.attempt(request);
    return { status: 200, answer: { ...report, failure: report.failure && redactFailure(report.failure, redact) } };
  } catch (error) {
    return { status: 500, answer: { message: redact(messageOf(error)) } };
  }
};
