import type { MessageConnection } from 'vscode-jsonrpc/node';
import * as z from 'zod';
import { ProductError } from '../common/errors';
import { handshake, type Handshake } from '../common/protocol/device';
import { PROTOCOL_VERSION } from '../common/protocol/runtimeProtocol';
import { l10n } from '../translation';
import { requestError } from './errors';
import { SilenceWatch } from './silenceWatch';

/**
 * Exchanges the first message with the runtime.
 * @throws ProductError when there is no answer in time, or the runtime belongs to another version
 */
export async function shakeHands(connection: MessageConnection, limitMs: number): Promise<Handshake> {
  const answer = await answerWithin(connection, limitMs);
  // The version first: another version may answer in another shape.
  const version = z.object({ protocolVersion: z.int() }).safeParse(answer);
  if (version.success && version.data.protocolVersion !== PROTOCOL_VERSION)
    throw new ProductError(
      'conflict',
      'runtime',
      l10n.t(
        'it speaks version {0} of the protocol, the editor version {1}',
        version.data.protocolVersion,
        PROTOCOL_VERSION,
      ),
      l10n.t('Reload the window; if that does not help, reinstall the extension'),
    );
  const checked = handshake.safeParse(answer);
  if (checked.success) return checked.data;
  throw new ProductError(
    'internal',
    'runtime',
    l10n.t('its first answer is not as agreed'),
    l10n.t('Reinstall the extension'),
  );
}

async function answerWithin(connection: MessageConnection, limitMs: number): Promise<unknown> {
  let watch: SilenceWatch | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    watch = new SilenceWatch(limitMs, (isSilent) => {
      if (!isSilent) return;
      reject(
        new ProductError(
          'internal',
          'runtime',
          l10n.t('it did not answer within {0} seconds of its start', Math.round(limitMs / 100) / 10),
          l10n.t('Try again; the log may say what it waits for'),
        ),
      );
    });
  });
  try {
    const answer = connection.sendRequest('initialize', { protocolVersion: PROTOCOL_VERSION });
    return await Promise.race([answer, tooLate]);
  } catch (error) {
    throw requestError(error, 'initialize');
  } finally {
    watch?.dispose();
  }
}
