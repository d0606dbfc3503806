import { basename } from 'node:path';
import { l10n } from 'vscode';
import { pocketBase } from '../common/config/configLimits';
import type { FineTuneState } from '../common/webview/fineTune';
import { readConfiguration } from '../configuration';

/** The base models that a form offers: that of the extension, those of the settings, and the one it has. */
export function offeredBases(current: unknown): FineTuneState['bases'] {
  const configured = [...readConfiguration('models.folders'), readConfiguration('models.defaultBase')];
  const values = [pocketBase, ...configured, ...(typeof current === 'string' ? [current] : [])].filter(Boolean);
  return [...new Set(values)].map((value) => ({
    value,
    label: value === pocketBase ? l10n.t('Pocket model') : `${basename(value) || value} – ${value}`,
  }));
}
