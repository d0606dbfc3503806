/**
 * What a file that should hold weights really is, judged by its first bytes; undefined when nothing is recognised.
 * Half of all "corrupt" downloads are one of these.
 */
export function foreignContent(start: Uint8Array): { problem: string; remedy: string } | undefined {
  const text = String.fromCharCode(...start.subarray(0, 128))
    .trimStart()
    .toLowerCase();
  if (text.startsWith('version https://git-lfs'))
    return {
      problem: 'this is a Git LFS pointer, not the weights it stands for',
      remedy: 'Fetch the real file with `git lfs pull` or download it from the model page',
    };
  if (/^<(!doctype|html|\?xml|head|body)/.test(text))
    return {
      problem: 'this is a web page, not a weight file',
      remedy: 'The download was answered with a page, perhaps one asking to sign in; download the file again',
    };
  if (text.startsWith('pk\u0003\u0004'))
    return { problem: 'this is a ZIP archive', remedy: 'Rename it to .ckpt or .bin if it is a PyTorch checkpoint' };
  if (text.startsWith('gguf'))
    return { problem: 'this is a GGUF file', remedy: 'Use the .safetensors version of the model' };
  if (text.startsWith("7z\u00bc\u00af'"))
    return { problem: 'this is a 7-Zip archive', remedy: 'Use the .safetensors version of the model' };
  return undefined;
}
