// The platforms that have both ONNX Runtime's and sharp's native files, and what a package for each may hold.

/** VS Code's names of the platforms we package for. There is no ONNX Runtime for Intel Macs, and none for musl. */
export const targets = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'];

/** The target of this machine. */
export const ownTarget = `${process.platform}-${process.arch}`;

/** The npm packages that hold sharp's native files for a target; on Windows libvips is in the first. */
export function sharpPackages(target) {
  return [`@img/sharp-${target}`, ...(target.startsWith('win32') ? [] : [`@img/sharp-libvips-${target}`])];
}

/** The folder of ONNX Runtime's native files for a target, inside its npm package. */
export function onnxRuntimeFolder(target) {
  return `bin/napi-v6/${target.replace('-', '/')}`;
}

/** The lines that let a target's native files through `.vscodeignore`. */
export function nativeAllowList(target) {
  return [
    `!node_modules/onnxruntime-node/${onnxRuntimeFolder(target)}/**`,
    ...sharpPackages(target).flatMap((name) => [
      `!node_modules/${name}/{package.json,README.md,LICENSE,versions.json,index.cjs}`,
      `!node_modules/${name}/lib/*`,
    ]),
  ];
}
