import { readRepository } from '../../repository/read-repository.ts';
import { archiveCandidate } from '../archive-candidate.ts';
import { packageCandidate } from '../published-candidate.ts';

/**
 * The work that reads texts of strangers. Each task is pure, takes plain data and returns plain data, so that it can
 * run in another process.
 */
export const TASKS = { packageCandidate, archiveCandidate, readRepository };

export type Tasks = typeof TASKS;
export type TaskName = keyof Tasks;
