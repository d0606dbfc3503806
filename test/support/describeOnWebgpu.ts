import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe } from 'vitest';

/** Where packages of Chromium put the description of SwiftShader, a Vulkan driver that runs on the processor. */
const places = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
const driver = places.map((folder) => `${folder}/vk_swiftshader_icd.json`).find((file) => existsSync(file));

/** With CUSTOM_DIFFUSION_TEST_ADAPTER=own the tests run on the machine's own graphics processor. */
export const onOwnAdapter = process.env.CUSTOM_DIFFUSION_TEST_ADAPTER === 'own';

const unavailable =
  onOwnAdapter || (process.platform === 'linux' && driver)
    ? undefined
    : `no vk_swiftshader_icd.json in ${places.join(', ')}: install the package chromium`;

/** The environment of a process that finds SwiftShader and nothing else, unless the machine's own adapter is to be used. */
export function webgpuEnvironment(): NodeJS.ProcessEnv {
  if (onOwnAdapter) return process.env;
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
