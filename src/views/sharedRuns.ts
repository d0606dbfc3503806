import { workspace } from 'vscode';
import type { Services } from '../services';
import { RunList } from './runList';

const lists = new WeakMap<Services, RunList>();

/** The one list of runs that view, panels, commands and status bar share. */
export function sharedRuns(services: Services): RunList {
  const known = lists.get(services);
  if (known) return known;
  const { runs, training, context } = services;
  const list = new RunList({ runs, training, mayStart: () => workspace.isTrusted });
  lists.set(services, list);
  context.subscriptions.push(list);
  return list;
}
