import { describe, expect, test } from 'vitest';
import { type Goal, isMoving, judge } from './settle.ts';

type Row = [goal: Goal, status: string, phase: string | null, moved: boolean, verdict: string | null];

describe('a wait ends when the deployment reached the goal or cannot reach it', () => {
  test.each<Row>([
    ['running', 'DEPLOYING', 'INSTALLING', true, null],
    ['running', 'DEPLOYING', null, true, null],
    ['running', 'RUNNING', null, true, 'reached'],
    ['running', 'A_STATUS_OF_A_NEWER_SERVER', null, true, 'reached'],
    ['running', 'RUNNING', 'HANDSHAKE', true, null], // the old release serves while the new one comes up
    ['running', 'RUNNING', null, false, null], // from before the restart
    ['running', 'FAILED', null, false, null],
    ['running', 'FAILED', null, true, 'failed'],
    ['running', 'STOPPED', null, true, 'overtaken'],
    ['running', 'DELETING', null, false, 'overtaken'],
    ['stopped', 'RUNNING', null, false, null],
    ['stopped', 'STOPPED', null, false, 'reached'],
    ['stopped', 'DELETED', null, true, 'overtaken'],
    ['deleted', 'DELETING', null, true, null],
    ['deleted', 'DELETED', null, true, 'reached'],
  ])('%s: %s in phase %s, moved: %s → %s', (goal, status, phase, moved, verdict) => {
    expect(judge(goal, { status, phase }, moved)).toBe(verdict);
  });

  test('a phase or DEPLOYING shows that the intent took effect', () => {
    expect(isMoving({ status: 'RUNNING', phase: 'QUEUED' })).toBe(true);
    expect(isMoving({ status: 'DEPLOYING', phase: null })).toBe(true);
    expect(isMoving({ status: 'RUNNING', phase: null })).toBe(false);
  });
});
