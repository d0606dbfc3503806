import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { NotificationName, NotificationParams } from '../../src/common/protocol/runtimeProtocol';

/** Tells the host something unasked. Never throws: a host that is gone is noticed elsewhere. */
export type Notify = <N extends NotificationName>(name: N, params: NotificationParams<N>) => void;

/** Writes a line to the host's log. */
export type Log = (level: NotificationParams<'log'>['level'], message: string) => void;

/** The two ways in which the runtime speaks over a connection unasked. */
export function notificationsOf(connection: MessageConnection): { notify: Notify; log: Log } {
  const notify: Notify = (name, params) => {
    // A connection that is closed throws, one that breaks rejects.
    try {
      connection.sendNotification(name, params).catch(() => {});
    } catch {
      return;
    }
  };
  return { notify, log: (level, message) => notify('log', { level, message }) };
}
