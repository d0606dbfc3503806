// Looks into a finished package: what is in it, and that every native file is made for the package's platform.
import { openPromise } from 'yauzl';
import { onnxRuntimeFolder, sharpPackages } from './targets.mjs';

const native = /\.(node|dll|dylib|so(\.\d+)*|exe|lib|pdb)$/;
const unwanted = /\.(map|ts|tsx|mts|cts|tgz|jsonl|log)$|(^|\/)(test|tests|docs|\.git|artifacts|demo-output)\//;

/** Every file in a package: its path inside the extension, packed and unpacked size, and the first bytes of native files. */
export async function readPackage(path) {
  const zip = await openPromise(path, { autoClose: false });
  const files = [];
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.startsWith('extension/') || entry.fileName.endsWith('/')) continue;
      const name = entry.fileName.slice('extension/'.length);
      const head = native.test(name) ? await firstBytes(zip, entry, 512) : undefined;
      files.push({ name, packed: entry.compressedSize, size: entry.uncompressedSize, head });
    }
  } finally {
    zip.close();
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is wrong with a package's files; empty when nothing is. */
export function packageProblems(files, target) {
  const allowed = [
    `node_modules/onnxruntime-node/${onnxRuntimeFolder(target)}/`,
    ...sharpPackages(target).map((name) => `node_modules/${name}/lib/`),
  ];
  const problems = files
    .filter(({ name }) => unwanted.test(name))
    .map(({ name }) => `${name} does not belong in a package`);
  const binaries = files.filter(({ head }) => head);
  for (const { name, head } of binaries) {
    if (!allowed.some((folder) => name.startsWith(folder))) problems.push(`${name} is not a native file of ${target}`);
    else if (platformOf(head) !== target) problems.push(`${name} is made for ${platformOf(head)}, not ${target}`);
  }
  for (const folder of allowed) {
    if (!binaries.some(({ name }) => name.startsWith(folder))) problems.push(`no native file in ${folder}`);
  }
  return problems;
}

/** The platform in the header of an ELF, PE or Mach-O file. */
function platformOf(head) {
  if (head.readUInt32BE(0) === 0x7f454c46) return `linux-${machine(head.readUInt16LE(18), 0x3e, 0xb7)}`;
  if (head.readUInt32LE(0) === 0xfeedfacf) return `darwin-${machine(head.readUInt32LE(4), 0x01000007, 0x0100000c)}`;
  if (head.readUInt16BE(0) === 0x4d5a) {
    const header = head.readUInt32LE(0x3c);
    if (header + 6 <= head.length) return `win32-${machine(head.readUInt16LE(header + 4), 0x8664, 0xaa64)}`;
  }
  return 'an unknown platform';
}

function machine(code, x64, arm64) {
  if (code === x64) return 'x64';
  return code === arm64 ? 'arm64' : `machine ${code}`;
}

async function firstBytes(zip, entry, count) {
  const stream = await zip.openReadStreamPromise(entry);
  const chunks = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= count) break;
  }
  return Buffer.concat(chunks).subarray(0, count);
}
