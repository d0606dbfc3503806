import { isMainThread, parentPort } from 'node:worker_threads';
import { doWebgpuTask, type WebgpuTask } from './webgpuTasks';

/** What a process that does many tasks is sent, and what it answers. */
export interface TaskMessage {
  task: WebgpuTask;
}

/** A process, or a thread of it, that does one task on WebGPU and tells the result. */
async function doOne(argument: string): Promise<void> {
  const task = JSON.parse(argument) as WebgpuTask;
  const result = await doWebgpuTask(task).catch((error: Error) => {
    if (isMainThread) throw error;
    return error.message;
  });
  if (parentPort) parentPort.postMessage(result);
  else process.stdout.write(JSON.stringify(result));
}

/** A process that does one task after the other: what the adapter has compiled for one is there for the next. */
function doMany(): void {
  process.on('message', ({ task }: TaskMessage) => {
    void doWebgpuTask(task).then(
      (result) => process.send!({ result }),
      (error: Error) => process.send!({ error: error.stack }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}

const argument = process.argv[2];
if (argument === undefined) doMany();
else void doOne(argument);
