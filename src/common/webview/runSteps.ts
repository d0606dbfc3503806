import type { StepRecord } from '../protocol/training';

/** Steps of a run as columns, the form in which they travel to the page; NaN stands for what is not there. */
export interface StepColumns {
  steps: Float64Array;
  loss: Float64Array;
  /** One column for each concept. */
  instanceLosses: Float64Array[];
  priorLoss: Float64Array;
  gradientNorm: Float64Array;
  learningRate: Float64Array;
  /** How many timesteps each step has. */
  rowCounts: Uint16Array;
  /** The timesteps of all rows of all steps, one after the other. */
  timesteps: Uint16Array;
}

/** Packs records for the page. Every concept gets a column, also where no record has a value for it. */
export function packSteps(records: readonly StepRecord[], concepts: number): StepColumns {
  const column = (value: (record: StepRecord) => number | null | undefined) =>
    Float64Array.from(records, (record) => value(record) ?? NaN);
  return {
    steps: column(({ step }) => step),
    loss: column(({ loss }) => loss),
    instanceLosses: Array.from({ length: concepts }, (_, i) => column(({ instanceLosses }) => instanceLosses[i])),
    priorLoss: column(({ priorLoss }) => priorLoss),
    gradientNorm: column(({ gradientNorm }) => gradientNorm),
    learningRate: column(({ learningRate }) => learningRate),
    rowCounts: Uint16Array.from(records, ({ timesteps }) => timesteps.length),
    timesteps: Uint16Array.from(records.flatMap(({ timesteps }) => timesteps)),
  };
}
