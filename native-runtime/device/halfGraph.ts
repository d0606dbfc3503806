import { InferenceSession, Tensor } from 'onnxruntime-node';
import { writeModel } from '../graph/model';
import { add, cast } from '../graph/operators/elementwise';
import { matMul } from '../graph/operators/matrix';
import { input } from '../graph/tensor';
import { webgpuSettings } from './webgpuSettings';

/** Runs a small graph in 16 bits on WebGPU and checks the result. @throws what ONNX Runtime throws, where there is no such arithmetic */
export async function runInHalf(): Promise<void> {
  const [a, b] = [input('a', [2, 3]), input('b', [3, 2])];
  const product = matMul(cast(a, 'float16'), cast(b, 'float16'));
  const { bytes } = writeModel({ product: cast(add(product, product), 'float32') });
  const session = await InferenceSession.create(bytes, webgpuSettings(process.cwd(), []));
  try {
    const values = (shape: number[]) => new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), shape);
    const { product: found } = await session.run({ a: values([2, 3]), b: values([3, 2]) });
    const numbers = (found!.data as Float32Array).join();
    if (numbers !== '44,56,98,128') throw new Error(`twice a product of matrices gave ${numbers}`);
  } finally {
    await session.release();
  }
}
