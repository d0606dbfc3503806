import { Disposable, EventEmitter, type TreeDataProvider } from 'vscode';
import { isActive } from '../common/webview/runControls';
import { readSampleGrids } from '../runs/runHistory';
import type { Services } from '../services';
import { ContextKey } from './contextKey';
import type { RunEntry } from './runEntry';
import { CheckpointItem, RunItem, SampleItem, type RunTreeItem } from './runItems';
import type { RunList } from './runList';
import { runContext, runDescription } from './runTexts';
import { runNames } from './runWords';
import { sharedRuns } from './sharedRuns';

/** The tree view of all runs, and the context keys that follow them. */
export function registerRunsView(services: Services): Disposable {
  const list = sharedRuns(services);
  const tree = new RunTree(list);
  const view = services.provided.tree('customDiffusion.runs', tree);
  const training = new ContextKey('customDiffusion.training');
  const hasRuns = new ContextKey('customDiffusion.hasRuns');
  const hasFinishedRun = new ContextKey('customDiffusion.hasFinishedRun');
  const setKeys = (entries: readonly RunEntry[]) => {
    training.set(entries.some(({ state }) => isActive(state)));
    hasRuns.set(entries.length > 0);
    hasFinishedRun.set(entries.some(({ state }) => state === 'finished'));
  };
  setKeys(list.entries);
  return Disposable.from(view, tree, list.onDidChange(setKeys));
}

/** The tree's contents. Only the rows that changed are drawn again. */
class RunTree extends Disposable implements TreeDataProvider<RunTreeItem> {
  private readonly emitter = new EventEmitter<RunTreeItem | undefined>();
  readonly onDidChangeTreeData = this.emitter.event;
  private items = new Map<string, RunItem>();
  private signatures = new Map<string, string>();

  constructor(private readonly list: RunList) {
    super(() => {
      subscription.dispose();
      this.emitter.dispose();
    });
    const subscription = list.onDidChange((entries) => this.update(entries));
  }

  getTreeItem(item: RunTreeItem): RunTreeItem {
    return item;
  }

  getParent(item: RunTreeItem): RunTreeItem | undefined {
    return item instanceof RunItem ? undefined : this.items.get(item.run.id);
  }

  async getChildren(parent?: RunTreeItem): Promise<RunTreeItem[]> {
    if (!parent) {
      this.remember(this.list.entries);
      return [...this.items.values()];
    }
    const run = parent instanceof RunItem ? (this.list.find(parent.run.id) ?? parent.run) : undefined;
    if (!run) return [];
    const grids = run.live?.grids ?? (run.folder ? await readSampleGrids(run.folder) : []);
    const children = [
      ...run.checkpoints.map((checkpoint) => ({ step: checkpoint.step, item: new CheckpointItem(run, checkpoint) })),
      ...grids.map((grid) => ({ step: grid.step, item: new SampleItem(run, grid) })),
    ];
    return children.sort((a, b) => b.step - a.step).map(({ item }) => item);
  }

  private update(entries: readonly RunEntry[]): void {
    const before = this.signatures;
    const order = [...this.items.keys()].join('\n');
    this.remember(entries);
    if ([...this.items.keys()].join('\n') !== order) return this.emitter.fire(undefined);
    for (const [id, item] of this.items) if (this.signatures.get(id) !== before.get(id)) this.emitter.fire(item);
  }

  private remember(entries: readonly RunEntry[]): void {
    const names = runNames(entries);
    const before = this.items;
    this.items = new Map();
    this.signatures = new Map();
    for (const run of entries) {
      const name = names.get(run.id)!;
      const item = before.get(run.id) ?? new RunItem(run);
      const hasChildren = run.checkpoints.length > 0 || (run.live?.grids.length ?? 0) > 0 || run.state === 'finished';
      item.update(run, name, hasChildren);
      this.signatures.set(run.id, signature(run, name));
      this.items.set(run.id, item);
    }
  }
}

/** Changes when the row or its children look different. */
function signature(run: RunEntry, name: string): string {
  const { state, isStopping, problem, checkpoints, live } = run;
  const children = [checkpoints.map(({ step }) => step), live?.grids.map(({ step }) => step)];
  return JSON.stringify([name, state, isStopping, problem, runDescription(run), runContext(run), children]);
}
