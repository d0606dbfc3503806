import { useLayoutEffect, useRef } from 'preact/hooks';
import { drawAttention, type Drawing } from './drawing';

/** The canvas with the picture and its overlay, drawn again when anything of it changes. */
export function OverlayCanvas({ drawing, label }: { drawing: Drawing; label: string }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const { width, height } = drawing.size;
  useLayoutEffect(() => {
    const canvas = ref.current!;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context) drawAttention(context, drawing);
  });
  return <canvas ref={ref} class="overlay" role="img" aria-label={label} />;
}

/** The drawing as the bytes of a PNG. */
export async function drawingAsPng(drawing: Drawing): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = document.createElement('canvas');
  canvas.width = drawing.size.width;
  canvas.height = drawing.size.height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  drawAttention(context, drawing);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('the picture could not be written');
  return new Uint8Array(await blob.arrayBuffer());
}
