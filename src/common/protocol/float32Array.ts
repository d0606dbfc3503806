import * as z from 'zod';

/** Numbers that cross the channel as they are; over what memory they lie does not matter. */
export const float32Array = z.custom<Float32Array>((value) => value instanceof Float32Array, 'must be a Float32Array');
