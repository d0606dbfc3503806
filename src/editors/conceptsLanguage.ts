import { dirname } from 'node:path';
import {
  CompletionItem,
  CompletionItemKind,
  Diagnostic,
  DiagnosticSeverity,
  Disposable,
  languages,
  Range,
  workspace,
  type DocumentSelector,
  type Position,
  type TextDocument,
} from 'vscode';
import type { Services } from '../services';
import { folderCompletions, lookAtFolder, resolveFolder } from './conceptFolders';
import { findConceptProblems } from './conceptProblems';
import { jsonRanges, rangeOf } from './jsonRanges';

/** The documents that the manifest gives our schemas to. */
const selector: DocumentSelector = [
  '**/concepts.json',
  '**/concepts_list.json',
  '**/*.custom-diffusion.json',
  '**/.custom-diffusion/runs/*/config.json',
].flatMap((pattern) => ['json', 'jsonc'].map((language) => ({ scheme: 'file', language, pattern })));

const TYPING_MS = 400;

/** Problems and completion in lists of concepts and training configurations; the schema is in the manifest. */
export function registerConceptsLanguage(services: Services): Disposable {
  const checker = new ConceptsChecker(services);
  workspace.textDocuments.forEach((document) => checker.check(document));
  return Disposable.from(
    checker,
    workspace.onDidOpenTextDocument((document) => checker.check(document)),
    workspace.onDidChangeTextDocument(({ document }) => checker.check(document)),
    // Pictures may have come or gone in the meantime.
    workspace.onDidSaveTextDocument((document) => checker.check(document)),
    workspace.onDidCloseTextDocument((document) => checker.forget(document)),
    languages.registerCompletionItemProvider(selector, { provideCompletionItems: completeFolder }, '"', '/', '\\'),
  );
}

/** Keeps the list of problems of open documents. */
class ConceptsChecker extends Disposable {
  private readonly problems = languages.createDiagnosticCollection('custom-diffusion');
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly services: Services) {
    super(() => {
      this.timers.forEach((timer) => clearTimeout(timer));
      this.problems.dispose();
    });
  }

  check(document: TextDocument): void {
    if (languages.match(selector, document) === 0) return;
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(
        () => void this.run(document).catch((error: unknown) => this.services.log.error(String(error))),
        TYPING_MS,
      ),
    );
  }

  forget(document: TextDocument): void {
    clearTimeout(this.timers.get(document.uri.toString()));
    this.timers.delete(document.uri.toString());
    this.problems.delete(document.uri);
  }

  private async run(document: TextDocument): Promise<void> {
    const { version } = document;
    const text = document.getText();
    const found = await findConceptProblems(text, dirname(document.uri.fsPath), lookAtFolder);
    if (document.isClosed || document.version !== version) return;
    const ranges = found.length > 0 ? jsonRanges(text) : new Map<string, never>();
    this.problems.set(
      document.uri,
      found.map(({ path, problem, remedy, severity }) => {
        const { start, end } = rangeOf(ranges, path);
        const message = [problem, remedy].filter(Boolean).join('. ');
        const diagnostic = new Diagnostic(
          new Range(document.positionAt(start), document.positionAt(end)),
          message.charAt(0).toUpperCase() + message.slice(1),
          severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
        );
        diagnostic.source = 'Custom Diffusion';
        return diagnostic;
      }),
    );
  }
}

/** Folders below the path that is being written, where a path of a folder belongs. */
async function completeFolder(document: TextDocument, position: Position): Promise<CompletionItem[]> {
  const before = document.lineAt(position).text.slice(0, position.character);
  const written = /"(?:folder|instance_data_dir|class_data_dir)"\s*:\s*"([^"]*)$/.exec(before)?.[1];
  if (written === undefined) return [];
  const documentFolder = dirname(document.uri.fsPath);
  const after = /^[^"]*/.exec(document.lineAt(position).text.slice(position.character))?.[0] ?? '';
  const range = new Range(position.translate(0, -written.length), position.translate(0, after.length));
  const folders = await folderCompletions(written.replaceAll('\\\\', '\\'), documentFolder);
  return Promise.all(
    folders.map(async (folder) => {
      const look = await lookAtFolder(resolveFolder(folder, documentFolder));
      const pictures = look.kind === 'folder' ? look.pictures : 0;
      const item = new CompletionItem(folder, CompletionItemKind.Folder);
      item.insertText = folder.replaceAll('\\', '\\\\');
      item.filterText = folder;
      item.range = range;
      // Folders that hold pictures come first.
      item.sortText = `${pictures > 0 ? 0 : 1}${folder}`;
      if (pictures > 0) item.detail = `${pictures} × PNG, JPEG, WebP`;
      return item;
    }),
  );
}
