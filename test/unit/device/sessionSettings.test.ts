import { expect, it } from 'vitest';
import { copiedWeightBytes, sessionSettings } from '../../../native-runtime/device/sessionSettings';

it.each([
  ['small weights are copied and results planned', copiedWeightBytes, false, true],
  ['large weights stay in their file, and no block is asked for beside the heap', copiedWeightBytes + 1, false, false],
  ['a lean session has none of it, however small', 1, true, false],
])('%s', (_, bytes, lean, copies) => {
  const settings = sessionSettings(bytes, '/weights', 2, lean);
  expect(settings).toMatchObject({ enableCpuMemArena: copies, enableMemPattern: copies });
  expect('disable_prepacking' in (settings.extra!.session as object)).toBe(!copies);
});
