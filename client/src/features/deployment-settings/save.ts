import type { UserProblem } from '../../apollo/problem.ts';
import type { UpdateDeploymentInput } from '../../generated/graphql.ts';
import { notifyDone } from '../../ui/feedback/notify.ts';
import { UpdateDeploymentDocument } from '../deployments/intents.ts';
import { useIntent } from '../deployments/use-intent.ts';

export type Save = (patch: Omit<UpdateDeploymentInput, 'id'>, done: string) => Promise<boolean>;

/** Changes a deployment and shows a toast about the result. Returns whether it succeeded. */
export function useSave(id: string): [Save, boolean] {
  const [update, saving] = useIntent(UpdateDeploymentDocument);
  const save: Save = async (patch, done) => {
    const problem = await update({ input: { id, ...patch } });
    if (!problem) notifyDone(done);
    return !problem;
  };
  return [save, saving];
}

/** The same, returning the problem, for changes that the server wants confirmed. */
export function useQuietSave(
  id: string,
): [(patch: Omit<UpdateDeploymentInput, 'id'>) => Promise<UserProblem | null>, boolean] {
  const [update, saving] = useIntent(UpdateDeploymentDocument, { quiet: true });
  return [(patch) => update({ input: { id, ...patch } }), saving];
}

/** Stands beside every change that needs a new release. */
export const RELEASE_NOTE = 'This deploys a new release.';

/** Stands beside the sleep setting. */
export const SLEEP_NOTE =
  'The server wakes with its memory and files. If they cannot be kept, it starts cold with an empty disk.';
