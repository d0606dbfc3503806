import { useMemo, useState } from 'preact/hooks';
import type { WeightsState, WeightsToHost } from '../../src/common/webview/weights';
import type { WeightsStrings } from '../../src/common/webview/weightsStrings';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import { ProgressBar } from '../ui/ProgressBar';
import { TextField } from '../ui/TextField';
import { formatBytes, formatCount, formatShape } from './quantities';
import { buildTree, searchTensors, type TreeNode } from './tensorTree';
import { TensorTreeView } from './TensorTreeView';
import { visibleRows } from './treeRows';

/** What the page is made from. */
export interface WeightsPageProps {
  strings: WeightsStrings;
  state: WeightsState;
  post: (message: WeightsToHost) => void;
}

/** The weight viewer: what the file is, its tensors as a tree, its metadata. */
export function WeightsPage({ strings, state, post }: WeightsPageProps) {
  const { status, tensors, size, kindState } = state;
  const parameters = tensors.reduce((sum, tensor) => sum + tensor.parameters, 0);
  return (
    <>
      <h1 class="file-name">{state.fileName}</h1>
      {status === 'loading' && <ProgressBar label={strings.loading} />}
      {status === 'failed' && (
        <div role="alert">
          <p>{strings.failed}</p>
          <p class="problem">{state.problem}</p>
          {state.remedy && <p>{state.remedy}</p>}
          <Button icon="refresh" onClick={() => post({ type: 'reload' })}>
            {strings.retry}
          </Button>
        </div>
      )}
      {status === 'ready' && (
        <>
          {kindState === 'known' && <p class="kind">{state.kind}</p>}
          {kindState === 'asking' && <p class="note">{strings.kindAsking}</p>}
          {kindState === 'untrusted' && <p class="note">{strings.kindUntrusted}</p>}
          <p>{formatText(strings.summary, tensors.length, formatCount(parameters), formatBytes(size))}</p>
          {state.isDelta && (
            <Button appearance="primary" icon="sparkle" onClick={() => post({ type: 'generate' })}>
              {strings.generate}
            </Button>
          )}
          <Tensors strings={strings} state={state} post={post} />
          <Metadata strings={strings} metadata={state.metadata} />
        </>
      )}
    </>
  );
}

function Tensors({ strings, state, post }: WeightsPageProps) {
  const { tensors } = state;
  const [search, setSearch] = useState('');
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [activeId, setActiveId] = useState<string>();
  const found = useMemo(() => searchTensors(tensors, search), [tensors, search]);
  const tree = useMemo(() => buildTree(found), [found]);
  // Small files and search results are shown open; the first level of large ones is enough to start with.
  const openByDefault = found.length <= 60 || search.trim() !== '';
  const rows = useMemo(
    () => visibleRows(tree, (id) => toggled.get(id) ?? openByDefault),
    [tree, toggled, openByDefault],
  );
  const active = Math.max(
    0,
    rows.findIndex(({ node }) => node.id === activeId),
  );
  const expand = (ids: readonly string[], expanded: boolean) =>
    setToggled((before) => new Map([...before, ...ids.map((id) => [id, expanded] as const)]));
  const activeTensor = rows[active]?.node.tensor;
  if (tensors.length === 0) return <p class="note">{strings.noTensors}</p>;
  return (
    <>
      <h2>{strings.tensors}</h2>
      <div class="tree-tools">
        <TextField label={strings.search} value={search} onInput={setSearch} placeholder={strings.searchHint} />
        <div class="row">
          <Button
            appearance="icon"
            icon="expand-all"
            label={strings.expandAll}
            onClick={() => expand(groupIds(tree), true)}
          />
          <Button
            appearance="icon"
            icon="collapse-all"
            label={strings.collapseAll}
            onClick={() => expand(groupIds(tree), false)}
          />
          <span class="note" role="status">
            {found.length < tensors.length && formatText(strings.found, found.length, tensors.length)}
          </span>
        </div>
      </div>
      {found.length === 0 ? (
        <p class="note">{strings.nothingFound}</p>
      ) : (
        <>
          <div class="tree-row tree-head" aria-hidden="true">
            <span class="tree-name">{strings.name}</span>
            <span class="tree-type">{strings.type}</span>
            <span class="tree-shape">{strings.shape}</span>
            <span class="tree-count number">{strings.parameters}</span>
            <span class="tree-size number">{strings.size}</span>
          </div>
          <TensorTreeView
            strings={strings}
            rows={rows}
            active={active}
            onActive={(index) => setActiveId(rows[index]?.node.id)}
            onExpand={expand}
          />
        </>
      )}
      {activeTensor && activeId !== undefined && (
        <div class="row details">
          <code>{activeTensor.name}</code>
          <span>
            {activeTensor.dtype} · {formatShape(activeTensor.shape, strings.scalar)} ·{' '}
            {formatCount(activeTensor.parameters)} · {formatBytes(activeTensor.bytes)}
          </span>
          <Button
            appearance="icon"
            icon="copy"
            label={strings.copyName}
            onClick={() => post({ type: 'copy', text: activeTensor.name })}
          />
        </div>
      )}
    </>
  );
}

function Metadata({ strings, metadata }: { strings: WeightsStrings; metadata: WeightsState['metadata'] }) {
  return (
    <>
      <h2>{strings.metadata}</h2>
      {metadata.length === 0 ? (
        <p class="note">{strings.noMetadata}</p>
      ) : (
        <table class="metadata">
          <thead>
            <tr>
              <th scope="col">{strings.key}</th>
              <th scope="col">{strings.value}</th>
            </tr>
          </thead>
          <tbody>
            {metadata.map(([key, value]) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function groupIds(root: TreeNode): string[] {
  const ids: string[] = [];
  const open = [...root.children];
  for (let next = open.pop(); next; next = open.pop()) {
    if (!next.tensor) ids.push(next.id);
    open.push(...next.children);
  }
  return ids;
}
