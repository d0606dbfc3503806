import { listFiles, modelInfo } from '@huggingface/hub';
import * as z from 'zod';
import { l10n } from '../translation';
import { fileDigest } from './digest';
import { askHub, type HubQuestion } from './hubApi';
import { HubFailure, isHubFailure } from './hubFailure';
import { repositoryLicence, type RepositoryLicence } from './licence';
import type { RepositoryChoice } from './repositoryId';
import { refuseHostileNames } from './safeName';
import { fileAddress } from './transferFile';

/** A file of a repository that its listing describes fully. */
export interface ListedFile {
  path: string;
  size: number;
  digest: z.infer<typeof fileDigest>;
}

/** What a hub says of a repository at one commit. */
export interface RepositoryListing extends RepositoryChoice {
  commit: string;
  /** Whether its owner grants access one by one. */
  gated: boolean;
  licence: RepositoryLicence;
  files: ListedFile[];
  /** The class in `model_index.json`, where there is one: it tells base models from others before gigabytes come. */
  pipelineClass?: string | undefined;
}

const MOST_FILES = 20_000;

type Address = Parameters<typeof fetch>[0];

const information = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  gated: z.union([z.boolean(), z.string()]).optional(),
  cardData: z.unknown(),
});

const entry = z.object({
  type: z.string(),
  path: z.string().max(1000),
  size: z.int().min(0),
  oid: z.string().optional(),
  lfs: z.object({ oid: z.string(), size: z.int().min(0) }).optional(),
});

/**
 * Asks the hub about a repository.
 * @throws HubFailure
 */
export async function listRepository(
  choice: RepositoryChoice,
  access: HubQuestion['access'],
  signal: AbortSignal,
): Promise<RepositoryListing> {
  const { repository, revision } = choice;
  const question: HubQuestion = { access, asked: choice, signal };
  // The client asks through this; it never sees the token, so its errors cannot repeat it.
  const client = {
    hubUrl: access.endpoint,
    fetch: (address: Address) => askHub(question, addressOf(address)),
  };
  try {
    const given = await modelInfo({ name: repository, revision, additionalFields: ['sha', 'cardData'], ...client });
    const { sha: commit, gated, cardData } = information.parse(given);
    const entries: z.infer<typeof entry>[] = [];
    for await (const one of listFiles({ repo: repository, revision: commit, recursive: true, ...client })) {
      entries.push(entry.parse(one));
      if (entries.length > MOST_FILES) throw new HubFailure('not-a-hub', repository, l10n.t('its listing has no end'));
    }
    const { length } = entries;
    refuseHostileNames(
      repository,
      entries.map(({ path }) => path),
    );
    const files = entries.filter(({ type }) => type === 'file').flatMap(listedFile);
    if (length > 0 && files.length === 0)
      throw new HubFailure('not-a-hub', repository, l10n.t('its listing names no file that can be checked'));
    const licence = repositoryLicence(
      cardData,
      `${access.endpoint}/${repository}`,
      files.map(({ path }) => path),
    );
    const pipelineClass = await readPipelineClass(question, commit, files);
    return { ...choice, commit, gated: gated !== undefined && gated !== false, licence, files, pipelineClass };
  } catch (error) {
    if (
      error instanceof z.ZodError ||
      error instanceof SyntaxError ||
      (error instanceof TypeError && !isHubFailure(error))
    )
      throw new HubFailure(
        'not-a-hub',
        access.endpoint,
        l10n.t('it does not answer like a model hub'),
        l10n.t('Check customDiffusion.models.hubEndpoint'),
      );
    throw error;
  }
}

/** Files without a digest of a known kind cannot be checked, so they are not offered. */
function listedFile({ path, size, oid, lfs }: z.infer<typeof entry>): ListedFile[] {
  const digest = fileDigest.safeParse(
    lfs ? { algorithm: 'sha256', value: lfs.oid.replace(/^sha256:/, '') } : { algorithm: 'git', value: oid },
  );
  return digest.success ? [{ path, size: lfs?.size ?? size, digest: digest.data }] : [];
}

async function readPipelineClass(
  question: HubQuestion,
  commit: string,
  files: ListedFile[],
): Promise<string | undefined> {
  const index = files.find(({ path }) => path === 'model_index.json');
  if (!index || index.size > 1e6) return undefined;
  const { access, asked } = question;
  const response = await askHub(question, fileAddress(access.endpoint, asked.repository, commit, index.path));
  const parsed = z.object({ _class_name: z.string() }).safeParse(await response.json());
  return parsed.data?._class_name;
}

function addressOf(address: Address): string {
  return address instanceof Request ? address.url : String(address);
}
