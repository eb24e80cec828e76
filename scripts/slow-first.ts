import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes: one of them at the end would leave the other workers without work. */
const SLOW = ['tests/conformance/', 'tests/main-job/', '/testing/chaos', 'tests/image/', 'npm-install.integration'];

const isSlow = ({ moduleId }: TestSpecification): boolean => SLOW.some((part) => moduleId.includes(part));

/** Starts the slowest files first, and the others in their usual order. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}
