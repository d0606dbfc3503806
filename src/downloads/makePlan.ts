import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FileChoice } from './fileChoice';
import type { DownloadPlan } from './plan';
import { MAIN_REVISION } from './repositoryId';
import type { RepositoryListing } from './repositoryListing';
import { MANIFEST, readPlan } from './staging';

/** The plan for one way to take a base model from a repository. */
export function makePlan(listing: RepositoryListing, choice: FileChoice): DownloadPlan {
  const { repository, revision, commit, licence } = listing;
  return {
    version: 1,
    repository,
    revision,
    commit,
    licence: licence.name,
    files: choice.files,
    ...(choice.singleFile === undefined ? {} : { singleFile: choice.singleFile }),
  };
}

/** The folder of a download below the folder of all: owner, then name, with what tells it from others of that name. */
export function downloadFolder(root: string, listing: RepositoryListing, choice: FileChoice): string {
  const [owner = '', name = ''] = listing.repository.split('/');
  const { revision } = listing;
  const marks = [
    ...(choice.kind === 'half' ? ['fp16'] : []),
    ...(choice.singleFile === undefined ? [] : [choice.singleFile.replace(/\.[^.]+$/, '')]),
    ...(revision === MAIN_REVISION ? [] : [revision.slice(0, 40).replace(/[^\w.]+/g, '-')]),
  ];
  return join(root, owner, [name, ...marks].join('-'));
}

/** What lies where a download would go. */
export type Present =
  | { kind: 'nothing' }
  /** The same model, complete. */
  | { kind: 'same'; base: string }
  /** Another version of it. */
  | { kind: 'other-version'; base: string; commit: string }
  /** Something that was not downloaded here. */
  | { kind: 'foreign' };

/** Looks what lies where a plan would go. */
export async function whatIsThere(folder: string, plan: DownloadPlan): Promise<Present> {
  if (!existsSync(folder)) return { kind: 'nothing' };
  const found = await readPlan(join(folder, MANIFEST));
  if (!found || found.repository !== plan.repository) return { kind: 'foreign' };
  const base = found.singleFile === undefined ? folder : join(folder, found.singleFile);
  const contentOf = ({ files }: DownloadPlan) =>
    files
      .map(({ path, digest }) => `${path} ${digest.value}`)
      .sort()
      .join('\n');
  return contentOf(found) === contentOf(plan)
    ? { kind: 'same', base }
    : { kind: 'other-version', base, commit: found.commit };
}
