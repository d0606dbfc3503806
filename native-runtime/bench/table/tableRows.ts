/** Precision of the files that a row is measured with. */
export type FilePrecision = 'fp32' | 'fp16';

/** One task of the table, as both tools are called for it. */
export interface TableRow {
  id: string;
  /** As the table names it. */
  label: string;
  /** Name of the task; both tools have the same. */
  task: string;
  /** Flags of both. */
  flags: readonly string[];
  /** Flags of ours alone. */
  ours?: readonly string[];
  /** Flags of the reference alone. */
  reference?: readonly string[];
  /** What a run takes: the median of repetitions, or the time from the start of the process to the end. */
  time: 'seconds' | 'totalSeconds';
}

const rows = (count: number) => ['--rows', String(count)];
const keysAndValues = ['--mode', 'crossattn-kv'];

/** The rows of the table, in its order. */
export const tableRows: readonly TableRow[] = [
  { id: 'unet-1', label: '`unet`, 1 row', task: 'unet', flags: rows(1), time: 'seconds' },
  { id: 'unet-2', label: '`unet`, 2 rows', task: 'unet', flags: rows(2), time: 'seconds' },
  {
    id: 'train-1',
    label: '`train`, 1 row, `crossattn-kv`',
    task: 'train',
    flags: [...rows(1), ...keysAndValues],
    time: 'seconds',
  },
  {
    id: 'train-2',
    label: '`train`, 2 rows, `crossattn-kv`',
    task: 'train',
    flags: [...rows(2), ...keysAndValues],
    time: 'seconds',
  },
  {
    id: 'train-all',
    label: '`train`, 2 rows, `self-crossattn`',
    task: 'train',
    flags: [...rows(2), '--mode', 'self-crossattn'],
    time: 'seconds',
  },
  {
    id: 'train-recompute',
    label: '`train`, 2 rows, `crossattn-kv`, recomputation; PyTorch with gradient checkpointing',
    task: 'train',
    flags: [...rows(2), ...keysAndValues],
    ours: ['--recompute'],
    reference: ['--checkpointing'],
    time: 'seconds',
  },
  {
    id: 'train-recompute-plain',
    label: '`train`, 2 rows, `crossattn-kv`, recomputation; PyTorch without',
    task: 'train',
    flags: [...rows(2), ...keysAndValues],
    ours: ['--recompute'],
    time: 'seconds',
  },
  { id: 'text', label: '`text`, 2 rows', task: 'text', flags: rows(2), time: 'seconds' },
  { id: 'vae-encode', label: '`vae-encode`, 2 rows', task: 'vae-encode', flags: rows(2), time: 'seconds' },
  { id: 'vae-decode', label: '`vae-decode`, 2 rows', task: 'vae-decode', flags: rows(2), time: 'seconds' },
  {
    id: 'fine-tune',
    label: '`fine-tune`, 2 rows, `crossattn-kv`',
    task: 'fine-tune',
    flags: [...rows(2), ...keysAndValues],
    time: 'totalSeconds',
  },
];

/** The row whose runs also tell the time from the start of the process to the first step. */
export const startRow = 'train-2';

/** What is asked of both tools in every row. */
export interface RowSettings {
  /** Pixels. */
  resolution: number;
  /** Timed repetitions of a process. */
  repeat: number;
  /** Of a fine-tune. */
  steps: number;
  threads: number;
}

/** The arguments of one run: the task, the base and all flags. */
export function rowArguments(row: TableRow, tool: 'ours' | 'reference', base: string, settings: RowSettings): string[] {
  const { resolution, repeat, steps, threads } = settings;
  const amount = row.time === 'seconds' ? ['--repeat', String(repeat)] : ['--steps', String(steps)];
  const common = ['--base', base, '--resolution', String(resolution), '--threads', String(threads), ...amount];
  return [row.task, ...common, ...row.flags, ...(row[tool] ?? [])];
}
