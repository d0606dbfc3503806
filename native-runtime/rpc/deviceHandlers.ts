import { ProductError } from '../../src/common/errors';
import { PROTOCOL_VERSION } from '../../src/common/protocol/runtimeProtocol';
import { examineCuda } from '../device/cudaSetup';
import { installCudaLibraries } from '../device/installCudaLibraries';
import { onnxRuntimeVersion, probeDevices } from '../device/probe';
import { toolVersion } from '../toolVersion';
import { freeBytesAt } from '../train/diskSpace';
import type { HandlerGroup } from './server';

/** Answers the first message, and what graphs can run on. @param program the file of this process, for trying devices apart */
export function deviceHandlers(
  program: string,
): HandlerGroup<'initialize' | 'devices/probe' | 'cuda/setup' | 'cuda/install'> {
  return {
    initialize: async ({ protocolVersion }) => {
      if (protocolVersion !== PROTOCOL_VERSION)
        throw new ProductError(
          'conflict',
          'protocolVersion',
          `the editor speaks version ${protocolVersion}, the runtime version ${PROTOCOL_VERSION}`,
          'Reload the window after an update',
        );
      return {
        protocolVersion: PROTOCOL_VERSION,
        toolVersion,
        onnxRuntimeVersion,
        nodeVersion: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
        pid: process.pid,
      };
    },
    'devices/probe': (_, signal) => probeDevices(program, signal),
    'cuda/setup': () => examineCuda(),
    'cuda/install': ({ source, folder }, signal) =>
      installCudaLibraries(source, folder, { version: onnxRuntimeVersion, signal, freeBytes: freeBytesAt }),
  };
}
