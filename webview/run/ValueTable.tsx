import { useMemo, useState } from 'preact/hooks';
import { formatLoss, formatRate } from '../../src/common/webview/runNumbers';
import { formatText } from '../ui/formatText';
import type { Quantity } from './quantities';
import type { RunPage } from './runPage';
import { thinRows } from './thinRows';

const mostRows = 50;

/** The curves as a table, for whoever cannot see them: evenly spread steps, the newest included. */
export function ValueTable({ page: { strings, table }, quantities }: { page: RunPage; quantities: Quantity[] }) {
  const [isOpen, setOpen] = useState(false);
  const rows = useMemo(() => (isOpen ? thinRows(table.length, mostRows) : []), [isOpen, table.version]);
  const { columns } = table;
  const cell = (quantity: Quantity, row: number) => {
    const value = quantity.values(columns)[row]!;
    return quantity.id === 'learningRate' ? formatRate(value) : formatLoss(value);
  };
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{strings.table}</summary>
      {isOpen && (
        <div class="table-frame" tabIndex={0} role="region" aria-label={strings.table}>
          <table>
            <caption class="note">{formatText(strings.tableNote, rows.length, table.length)}</caption>
            <thead>
              <tr>
                <th scope="col">{strings.step}</th>
                {quantities.map(({ id, label }) => (
                  <th scope="col" key={id}>
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row}>
                  <th scope="row">{columns.steps[row]}</th>
                  {quantities.map((quantity) => (
                    <td key={quantity.id}>{cell(quantity, row)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
