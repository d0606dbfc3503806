import { classNounsOf } from '../delta/deltaFile';
import type { RunsOn } from '../device/requireDevice';
import type { UsedFile } from '../../src/common/modelFiles';
import { fileStamp, sameStamp, type FileStamp } from '../formats/fileStamp';
import { baseFiles } from '../models/baseModel';
import { tunedAt, type FineTune } from '../sample/fineTune';
import { Generator } from '../sample/generator';
import { PromptTokens } from '../sample/promptTokens';

/** A model choice that was opened: its weights, its words, and its generator once there was need of one. */
export class LoadedModel {
  private readonly stamps: ReadonlyMap<string, FileStamp | undefined>;
  private prompts: Promise<PromptTokens> | undefined;
  private generator: Generator | undefined;
  private strength: number | undefined;
  private computing = '';

  /** @param warnings what opening it brought up */
  constructor(
    readonly fineTune: FineTune,
    readonly warnings: readonly string[],
  ) {
    const { base, delta } = fineTune;
    const files = [...baseFiles(base), ...(delta ? [delta.path] : [])];
    this.stamps = new Map(files.map((path) => [path, fileStamp(path)]));
  }

  /** Whether the files on disk are those that were opened. */
  isUnchanged(): boolean {
    return [...this.stamps].every(([path, stamp]) => sameStamp(fileStamp(path), stamp));
  }

  /** The weight files that its graphs read. */
  get files(): UsedFile[] {
    return baseFiles(this.fineTune.base).map((path) => ({ path, bytes: this.stamps.get(path)?.size ?? 0 }));
  }

  /** The tokenizers with the learned tokens. @throws ProductError as `PromptTokens.load` */
  promptTokens(): Promise<PromptTokens> {
    this.prompts ??= PromptTokens.load(this.fineTune.base, this.fineTune.delta?.modifierTokens ?? []);
    return this.prompts;
  }

  /** Class noun of each learned token, where the fine-tune says it. */
  get classNouns(): Map<string, string> {
    const { delta } = this.fineTune;
    return delta ? classNounsOf(delta.delta) : new Map();
  }

  /**
   * The generator with the fine-tune at a strength. Its graphs are kept: another strength compiles nothing again, another device does.
   * @throws ProductError as `Generator.create` and `blendDelta`
   */
  async generatorAt(strength: number, session: RunsOn): Promise<Generator> {
    const computing = JSON.stringify(session);
    if (computing !== this.computing) await this.release();
    if (this.generator && this.strength === strength) return this.generator;
    const tuned = await tunedAt(this.fineTune, strength);
    if (this.generator) this.generator.setTuned(tuned);
    else this.generator = await Generator.create(this.fineTune.base, { tuned, session });
    this.strength = strength;
    this.computing = computing;
    return this.generator;
  }

  /** Frees the compiled graphs. */
  async release(): Promise<void> {
    await this.generator?.release();
    this.generator = undefined;
  }
}
