import { expect, it } from 'vitest';
import { SilenceReports } from '../../../src/worker/silenceReports';

it('F4 each silence of a job is news once, and again after it has spoken', () => {
  const reports = new SilenceReports();
  const stands = [false, true, true, false, true].map((isSilent) => reports.isNews({ job: 'a', isSilent }));
  expect(stands).toEqual([false, true, false, false, true]);
  expect(reports.isNews({ job: 'b', isSilent: true })).toBe(true);
});
