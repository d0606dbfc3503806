import {
  commands,
  Disposable,
  EventEmitter,
  window,
  type CustomReadonlyEditorProvider,
  type ExtensionContext,
  type TreeDataProvider,
  type TreeViewOptions,
} from 'vscode';
import { providedBy, type Provided } from './provided';

/** What of the manifest is read here. */
interface Manifest {
  activationEvents: string[];
  contributes: {
    commands: { command: string }[];
    customEditors: { viewType: string }[];
    views: Record<string, { id: string; type?: string }[]>;
  };
}

type Load = () => Promise<Provided>;

const PANEL_EVENT = 'onWebviewPanel:';

/** How trees differ from the usual; by the id of their view. */
const treeOptions: Record<string, Omit<TreeViewOptions<unknown>, 'treeDataProvider'>> = {
  'customDiffusion.runs': { canSelectMany: true },
  'customDiffusion.models': { showCollapseAll: true },
};

/** Registers everything the manifest names; what answers is loaded when it is first asked. */
export function registerContributions({ extension }: ExtensionContext, load: Load): Disposable {
  const { activationEvents, contributes } = extension.packageJSON as Manifest;
  const views = Object.values(contributes.views).flat();
  const panels = activationEvents.flatMap((event) => event.split(PANEL_EVENT)[1] ?? []);
  return Disposable.from(
    ...contributes.commands.map(({ command }) => registerCommand(command, load)),
    ...panels.map((viewType) => registerSerializer(viewType, load)),
    ...contributes.customEditors.map(({ viewType }) => registerEditor(viewType, load)),
    ...views.map(({ id, type }) => (type === 'webview' ? registerWebviewView(id, load) : registerTree(id, load))),
  );
}

function registerCommand(id: string, load: Load): Disposable {
  return commands.registerCommand(id, async (...args: unknown[]) => providedBy((await load()).commands, id)(...args));
}

function registerSerializer(viewType: string, load: Load): Disposable {
  return window.registerWebviewPanelSerializer(viewType, {
    deserializeWebviewPanel: async (panel, state) =>
      providedBy((await load()).serializers, viewType).deserializeWebviewPanel(panel, state),
  });
}

function registerEditor(viewType: string, load: Load): Disposable {
  const provider: CustomReadonlyEditorProvider = {
    openCustomDocument: async (...args) => providedBy((await load()).editors, viewType).openCustomDocument(...args),
    resolveCustomEditor: async (...args) => providedBy((await load()).editors, viewType).resolveCustomEditor(...args),
  };
  return window.registerCustomEditorProvider(viewType, provider, { supportsMultipleEditorsPerDocument: true });
}

function registerWebviewView(id: string, load: Load): Disposable {
  return window.registerWebviewViewProvider(id, {
    resolveWebviewView: async (...args) => providedBy((await load()).webviewViews, id).resolveWebviewView(...args),
  });
}

function registerTree(id: string, load: Load): Disposable {
  const changed = new EventEmitter<unknown>();
  let asked: Promise<TreeDataProvider<unknown>> | undefined;
  let tree: TreeDataProvider<unknown> | undefined;
  const find = async () => {
    tree = providedBy((await load()).trees, id);
    tree.onDidChangeTreeData?.((element) => changed.fire(element));
    return tree;
  };
  const treeDataProvider: TreeDataProvider<unknown> = {
    onDidChangeTreeData: changed.event,
    getChildren: async (element) => (await (asked ??= find())).getChildren(element),
    // There is no item before there are children.
    getTreeItem: (element) => tree!.getTreeItem(element),
  };
  return Disposable.from(changed, window.createTreeView(id, { ...treeOptions[id], treeDataProvider }));
}
