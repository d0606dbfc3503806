import {
  Disposable,
  type CustomReadonlyEditorProvider,
  type TreeDataProvider,
  type WebviewPanelSerializer,
  type WebviewViewProvider,
} from 'vscode';

type CommandHandler = (...args: unknown[]) => unknown;

/** What answers for the names of the manifest: the editor was told of the names alone when the extension started. */
export class Provided {
  readonly commands = new Map<string, CommandHandler>();
  readonly serializers = new Map<string, WebviewPanelSerializer>();
  readonly editors = new Map<string, CustomReadonlyEditorProvider>();
  readonly webviewViews = new Map<string, WebviewViewProvider>();
  readonly trees = new Map<string, TreeDataProvider<unknown>>();

  command(id: string, handler: CommandHandler): Disposable {
    return put(this.commands, id, handler);
  }

  /** Brings panels of this type back after a reload. */
  serializer(viewType: string, serializer: WebviewPanelSerializer): Disposable {
    return put(this.serializers, viewType, serializer);
  }

  editor(viewType: string, provider: CustomReadonlyEditorProvider): Disposable {
    return put(this.editors, viewType, provider);
  }

  webviewView(id: string, provider: WebviewViewProvider): Disposable {
    return put(this.webviewViews, id, provider);
  }

  tree<T>(id: string, provider: TreeDataProvider<T>): Disposable {
    return put(this.trees, id, provider as TreeDataProvider<unknown>);
  }
}

/** The one of this name. @throws Error when nothing answers for it, which only a mistake in the manifest can bring about */
export function providedBy<T>(parts: ReadonlyMap<string, T>, name: string): T {
  const part = parts.get(name);
  if (part === undefined) throw new Error(`nothing answers for ${name}`);
  return part;
}

function put<T>(parts: Map<string, T>, name: string, part: T): Disposable {
  parts.set(name, part);
  return new Disposable(() => parts.delete(name));
}
