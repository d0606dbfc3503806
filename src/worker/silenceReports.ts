/** A job as far as its silence goes. */
interface MaybeSilent {
  job: string;
  isSilent: boolean;
}

/** Picks the moments when a job has just fallen silent: each silence is told of once. */
export class SilenceReports {
  private readonly silent = new Set<string>();

  /** Notes how a job stands. @returns whether its silence is news */
  isNews({ job, isSilent }: MaybeSilent): boolean {
    if (!isSilent) {
      this.silent.delete(job);
      return false;
    }
    if (this.silent.has(job)) return false;
    this.silent.add(job);
    return true;
  }
}
