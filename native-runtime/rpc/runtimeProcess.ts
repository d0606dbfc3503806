import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { attentionHandlers } from './attentionHandlers';
import { datasetHandlers } from './datasetHandlers';
import { deviceHandlers } from './deviceHandlers';
import { JobSlot } from './jobSlot';
import { endWithHost } from './lifetime';
import { LoadedModels } from './loadedModels';
import { modelHandlers } from './modelHandlers';
import { notificationsOf } from './notifications';
import { sampleHandlers } from './sampleHandlers';
import { answerRequests, type Handlers } from './server';
import { thumbnailHandlers } from './thumbnailHandlers';
import { trainHandlers } from './trainHandlers';

/** Answers the host over the channel of the forked process until it is gone. @param program the file of this process */
export function runRuntimeProcess(program: string): void {
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  const { notify, log } = notificationsOf(connection);
  const jobs = new JobSlot();
  const models = new LoadedModels((files) => notify('models/open', { files }));
  const handlers: Handlers = {
    ...deviceHandlers(program),
    ...modelHandlers(models),
    ...datasetHandlers,
    ...thumbnailHandlers(log),
    ...trainHandlers(jobs, models, notify),
    ...sampleHandlers(jobs, models, notify),
    ...attentionHandlers(jobs, models, log),
  };
  answerRequests(connection, handlers, log);
  // Not through the channel: on a broken one that would raise the next error, without end.
  connection.onError(([error]) => process.stderr.write(`channel: ${error.message}\n`));
  endWithHost(connection, jobs, log);
  connection.listen();
}
