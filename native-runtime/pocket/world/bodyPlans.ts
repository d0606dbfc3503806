import type { BodyPlan } from './bodyPlan';
import type { Species } from './scene';
import { BIRD } from './species/bird';
import { CAT } from './species/cat';
import { DOG } from './species/dog';
import { RABBIT } from './species/rabbit';

/** The body plan of each species. */
export const BODY_PLANS: Record<Species, BodyPlan> = { cat: CAT, dog: DOG, rabbit: RABBIT, bird: BIRD };
