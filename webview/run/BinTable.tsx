import { formatLoss } from '../../src/common/webview/runNumbers';
import type { RunPage } from './runPage';
import type { TimestepBin } from './timestepBins';

/** The loss by timestep as a table. */
export function BinTable({ page: { strings }, bins }: { page: RunPage; bins: TimestepBin[] }) {
  return (
    <details>
      <summary>{strings.table}</summary>
      <div class="table-frame" tabIndex={0} role="region" aria-label={strings.table}>
        <table>
          <thead>
            <tr>
              {[strings.timestep, strings.loss, strings.rows].map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bins.map(({ from, to, loss, rows }) => (
              <tr key={from}>
                <th scope="row">
                  {from}–{to}
                </th>
                <td>{formatLoss(loss)}</td>
                <td>{rows}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
