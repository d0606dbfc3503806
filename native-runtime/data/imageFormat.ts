/** The picture formats that are read. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff';

/** What a file is: a picture that can be read, or something else with its name in words. */
export type SniffedContent = { format: ImageFormat } | { foreign: string };

/**
 * Tells what a file holds from its bytes; its name is never asked. Formats that could be decoded but should not be
 * (SVG refers to other files, camera raw is not a finished picture) are named as foreign.
 */
export function sniffContent(bytes: Uint8Array): SniffedContent {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1024)).toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return { format: 'jpeg' };
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return { format: 'png' };
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return { format: 'webp' };
  if (/^(II\*\0|MM\0\*)/.test(text))
    return isCameraRaw(bytes, text) ? { foreign: 'a camera raw file' } : { format: 'tiff' };
  if (text.slice(4, 8) === 'ftyp') return isoMedia(text);
  return { foreign: foreignName(text) };
}

/** ISO media files tell their kind by brands: AVIF and HEIC share everything else. */
function isoMedia(text: string): SniffedContent {
  const brands = text.slice(8, 64);
  if (/^avi[fs]/.test(brands) || (/^mi[fs]1|^msf1/.test(brands) && /avi[fs]/.test(brands))) return { format: 'avif' };
  if (/^(hei[cxms]|hev[cxms]|mi[fs]1|msf1)/.test(brands)) return { foreign: 'a HEIC picture' };
  if (/^crx /.test(brands)) return { foreign: 'a camera raw file' };
  return { foreign: 'a video' };
}

const signatures: readonly [RegExp, string][] = [
  [/^GIF8/, 'a GIF picture'],
  [/^BM[^]{8}\0\0/, 'a BMP picture'],
  [/^\0\0\0\x0cJXL |^\xff\x0a/, 'a JPEG XL picture'],
  [/^\0\0\0\x0cjP {2}|^\xff\x4f\xff\x51/, 'a JPEG 2000 picture'],
  [/^8BPS/, 'a Photoshop document'],
  [/^(FUJIFILMCCD-RAW|IIU\0|IIR[OS]|\0MRM|FOVb)/, 'a camera raw file'],
  [/^%PDF/, 'a PDF document'],
  [/^PK\x03\x04/, 'a ZIP archive'],
  [/^\s*(\xef\xbb\xbf)?\s*(<\?xml[^]*?)?(<!--[^]*?-->\s*)*(<!DOCTYPE svg|<svg[\s>])/i, 'an SVG drawing'],
  [/^\s*(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body)/i, 'a web page'],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer'],
  [/^\x1aE\xdf\xa3/, 'a video'],
];

function foreignName(text: string): string {
  return signatures.find(([pattern]) => pattern.test(text))?.[1] ?? 'not a picture';
}

/**
 * Raw files of many cameras are TIFF files whose first directory is a thumbnail (NewSubfileType, tag 254) or which carry
 * a DNG version (tag 50706); Canon writes "CR" behind the header.
 */
function isCameraRaw(bytes: Uint8Array, text: string): boolean {
  if (text.slice(8, 10) === 'CR') return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = text.startsWith('II');
  const directory = view.getUint32(4, little);
  if (directory + 2 > bytes.byteLength) return false;
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > bytes.byteLength) return false;
    const tag = view.getUint16(entry, little);
    if (tag === 50706 || (tag === 254 && (view.getUint32(entry + 8, little) & 1) === 1)) return true;
  }
  return false;
}
