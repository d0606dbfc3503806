import { add, maximum, minimum, mul, sub } from '../graph/operators/elementwise';
import { apply1, type Tensor } from '../graph/tensor';

/** 2π in two parts: products of the first with whole numbers below 2¹⁶ are exact in float32. */
const TURN_HIGH = 6.28125;
const TURN_LOW = 2 * Math.PI - TURN_HIGH;

/** sin x to float32 accuracy for |x| below some 10⁵, by plain arithmetic. */
export function accurateSine(x: Tensor): Tensor {
  const turned = withinHalfTurn(x);
  // sin(π − x) = sin(−π − x) = sin x brings the angle to a quarter turn on either side of zero.
  return series(maximum(minimum(turned, sub(Math.PI, turned)), sub(-Math.PI, turned)));
}

/** cos x = sin(x + π/2), with the quarter turn added after the whole turns are gone. */
export function accurateCosine(x: Tensor): Tensor {
  const shifted = add(withinHalfTurn(x), Math.PI / 2);
  return series(minimum(shifted, sub(Math.PI, shifted)));
}

/** x less the nearest whole number of turns, within ±π. */
function withinHalfTurn(x: Tensor): Tensor {
  const turns = floor(add(mul(x, 1 / (2 * Math.PI)), 0.5));
  return sub(sub(x, mul(turns, TURN_HIGH)), mul(turns, TURN_LOW));
}

const floor = (x: Tensor) => apply1('Floor', [x], x.shape);

/** Taylor's series of the sine up to x¹¹; at a quarter turn the next term is 6·10⁻⁸. */
function series(x: Tensor): Tensor {
  const square = mul(x, x);
  const [last, ...others] = [11, 9, 7, 5, 3, 1].map((n) => (n % 4 === 1 ? 1 : -1) / factorial(n));
  const sum = others.reduce((higher: Tensor | number, c) => add(mul(square, higher), c), last!);
  return mul(x, sum as Tensor);
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
