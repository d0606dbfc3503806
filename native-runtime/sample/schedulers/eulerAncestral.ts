import { EulerScheduler } from './euler';

/** Euler's method that steps below the next σ and adds fresh noise to reach it (ancestral sampling with η = 1). */
export class EulerAncestralScheduler extends EulerScheduler {
  protected override stepEnd(from: number, to: number): { end: number; added: number } {
    const added = Math.sqrt((to ** 2 * (from ** 2 - to ** 2)) / from ** 2);
    return { end: Math.sqrt(Math.max(0, to ** 2 - added ** 2)), added };
  }
}
