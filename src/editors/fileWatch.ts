import { basename, dirname } from 'node:path';
import { Disposable, RelativePattern, Uri, workspace } from 'vscode';

const SETTLED_MS = 300;

/** Calls back when one of the files, all in one folder, was changed, made or deleted; several changes at once count as one. */
export function watchFiles(paths: readonly string[], onChange: () => void): Disposable {
  const names = new Set(paths.map((path) => basename(path)));
  let timer: NodeJS.Timeout | undefined;
  const changed = (uri: Uri) => {
    if (!names.has(basename(uri.fsPath))) return;
    clearTimeout(timer);
    // A file that is being written changes many times.
    timer = setTimeout(onChange, SETTLED_MS);
  };
  // The whole folder: a file name may hold characters that mean something in a pattern.
  const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(dirname(paths[0] ?? '')), '*'));
  return Disposable.from(
    watcher,
    watcher.onDidChange(changed),
    watcher.onDidCreate(changed),
    watcher.onDidDelete(changed),
    new Disposable(() => clearTimeout(timer)),
  );
}
