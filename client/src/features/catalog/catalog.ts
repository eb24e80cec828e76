import { graphql } from '../../generated/index.ts';

/** The sizes, processors and regions among which a machine can be chosen. */
export const MachineSizeFragment = graphql(`
  fragment SizeSelect_size on MachineSize {
    memoryMb
    name
    isDefault
    monthlyCost {
      alwaysOn
      withSleep
      currency
    }
  }
`);

export const ProcessorFragment = graphql(`
  fragment ProcessorSelect_processor on Processor {
    name
    sustainedCores
    memoryMinMb
    isDefault
  }
`);

export const RegionFragment = graphql(`
  fragment RegionSelect_region on Region {
    code
    name
  }
`);
