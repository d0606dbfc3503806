import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe } from 'vitest';

/** Where packages of Chromium put the description of SwiftShader, a Vulkan driver that runs on the processor. */
const places = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
const driver = places.map((folder) => `${folder}/vk_swiftshader_icd.json`).find((file) => existsSync(file));

const unavailable =
  process.platform === 'linux' && driver
    ? undefined
    : `no vk_swiftshader_icd.json in ${places.join(', ')}: install the package chromium`;

/** The environment of a process that finds SwiftShader and nothing else; it must be set before the process starts. */
export function webgpuEnvironment(): NodeJS.ProcessEnv {
  const variables = { VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: dirname(driver!) };
  return { ...process.env, ...variables };
}

/** `describe` for tests on WebGPU: skipped, with the reason in the name and on the console, where there is no driver. */
export function describeOnWebgpu(name: string, tests: () => void): void {
  if (!unavailable) {
    describe(name, tests);
    return;
  }
  console.warn(`\nTests on WebGPU are SKIPPED: ${unavailable}\n`);
  describe.skip(`${name} (${unavailable})`, tests);
}
