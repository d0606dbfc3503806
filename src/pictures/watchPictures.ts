import { Disposable, RelativePattern, Uri, workspace } from 'vscode';
import { PictureChangeGatherer, type FileChange } from './pictureChanges';
import type { PictureStore } from './pictureStore';

/** Keeps a store in step with its folder on disk: other windows, the command line and file managers work there, too. */
export function watchPictures(store: PictureStore, folder: () => string): Disposable {
  let watched: { folder: string; subscription: Disposable } | undefined;
  const watch = () => {
    if (watched?.folder === folder()) return;
    watched?.subscription.dispose();
    watched = { folder: folder(), subscription: watchFolder(store, folder()) };
  };
  watch();
  const moved = workspace.onDidChangeWorkspaceFolders(() => {
    watch();
    void store.reload();
  });
  return new Disposable(() => Disposable.from(moved, ...(watched ? [watched.subscription] : [])).dispose());
}

function watchFolder(store: PictureStore, folder: string): Disposable {
  const gatherer = new PictureChangeGatherer(folder, ({ groups, replaced }) => {
    void (groups === 'all' ? store.reload() : store.refresh(groups, replaced));
  });
  const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(folder), '**'));
  const note = (kind: FileChange['kind']) => (uri: Uri) => gatherer.add({ path: uri.fsPath, kind });
  return Disposable.from(
    gatherer,
    watcher,
    watcher.onDidCreate(note('created')),
    watcher.onDidChange(note('changed')),
    watcher.onDidDelete(note('deleted')),
  );
}
