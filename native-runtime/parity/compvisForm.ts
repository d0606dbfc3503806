import type { BaseModel } from '../models/baseModel';

/** CompVis' SD 1.x names are those of a UNet with four levels and one text encoder; other bases are recorded without them. */
export function compvisNamesFit({ unet, textEncoders }: BaseModel): boolean {
  return unet.config.levels.length === 4 && textEncoders.length === 1;
}
