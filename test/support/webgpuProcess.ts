import { isMainThread, parentPort } from 'node:worker_threads';
import { doWebgpuTask, type WebgpuTask } from './webgpuTasks';

/** A process, or a thread of it, that does one task on WebGPU and tells the result. */
async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2]!) as WebgpuTask;
  const result = await doWebgpuTask(task).catch((error: Error) => {
    if (isMainThread) throw error;
    return error.message;
  });
  if (parentPort) parentPort.postMessage(result);
  else process.stdout.write(JSON.stringify(result));
}

void main();
