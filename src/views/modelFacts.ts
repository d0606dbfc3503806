import * as z from 'zod';
import { pocketBase } from '../common/config/configLimits';
import { modelSummary, type ModelSummary } from '../common/protocol/model';
import { modelTime } from './modelCandidates';

/** What is known of a base model: what it is, why it cannot be used, or nothing yet. */
export type ModelFacts =
  { state: 'usable'; summary: ModelSummary } | { state: 'unusable'; problem: string } | { state: 'unknown' };

/** Where facts are kept between windows. */
export interface FactsMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

const KEY = 'modelFacts';
const MOST = 200;

const remembered = z.record(z.string(), z.object({ time: z.number(), summary: modelSummary }));

/** Facts of base models, asked of the runtime once for each state of a model on disk. */
export class ModelFactsCache {
  private readonly problems = new Map<string, { time: number | undefined; problem: string }>();
  private readonly asked = new Map<string, Promise<ModelFacts>>();

  constructor(
    private readonly memory: FactsMemory,
    /** Changes when the models that ship with the product may have changed. */
    private readonly productTime: number,
    private readonly ask: (base: string) => Promise<ModelSummary>,
  ) {}

  /** What is known of a model; with `mayAsk`, the runtime is asked where nothing is. */
  async facts(base: string, mayAsk: boolean): Promise<ModelFacts> {
    const time = await this.timeOf(base);
    const known = this.read()[base];
    if (known && known.time === time) return { state: 'usable', summary: known.summary };
    const problem = this.problems.get(base);
    if (problem && problem.time === time) return { state: 'unusable', problem: problem.problem };
    if (!mayAsk) return { state: 'unknown' };
    let answer = this.asked.get(base);
    if (!answer) {
      answer = this.askAndKeep(base, time).finally(() => this.asked.delete(base));
      this.asked.set(base, answer);
    }
    return answer;
  }

  /** Problems may be gone: they are asked about again. */
  forgetProblems(): void {
    this.problems.clear();
  }

  private async askAndKeep(base: string, time: number | undefined): Promise<ModelFacts> {
    try {
      const summary = await this.ask(base);
      if (time !== undefined) await this.keep(base, { time, summary });
      return { state: 'usable', summary };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.problems.set(base, { time, problem });
      return { state: 'unusable', problem };
    }
  }

  private async timeOf(base: string): Promise<number | undefined> {
    return base === pocketBase ? this.productTime : modelTime(base);
  }

  private read(): z.infer<typeof remembered> {
    const kept = remembered.safeParse(this.memory.get(KEY));
    return kept.success ? kept.data : {};
  }

  private async keep(base: string, facts: { time: number; summary: ModelSummary }): Promise<void> {
    const { [base]: _old, ...others } = this.read();
    await this.memory.update(KEY, Object.fromEntries([...Object.entries(others), [base, facts]].slice(-MOST)));
  }
}
