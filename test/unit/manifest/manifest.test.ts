import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Manifest {
  engines: Record<string, string>;
  devDependencies: Record<string, string>;
  activationEvents: string[];
  keywords: string[];
  icon: string;
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; title: string; category?: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    views: Record<string, { id: string; icon: string; name: string }[]>;
    viewsContainers: { activitybar: { icon: string }[] };
    customEditors: { viewType: string; priority: string }[];
    jsonValidation: { url: string }[];
    configuration: { properties: Record<string, Record<string, unknown>> };
    walkthroughs: { steps: { id: string; description: string; media: { markdown: string } }[] }[];
  };
}

const root = join(__dirname, '..', '..', '..');
const text = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const { contributes } = manifest;
const strings = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
const sources = sourceFiles(join(root, 'src'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? sourceFiles(join(folder, entry.name))
      : entry.name.endsWith('.ts')
        ? [join(folder, entry.name)]
        : [],
  );
}

const declared = contributes.commands.map(({ command }) => command).sort();
// Directly, or through a feature's own helper; `executeCommand` only calls.
const registered = [...sources.matchAll(/\b(?:registerCommand|onRun|command)\(\s*'(customDiffusion\.\w+)'/g)].map(
  ([, id]) => id!,
);

describe('commands', () => {
  test('the manifest and the code name the same ones', () => {
    expect([...new Set(registered)].sort()).toEqual(declared);
  });

  test('none is registered twice', () => {
    expect(registered.length).toBe(new Set(registered).size);
  });

  test('each has the category and a title that starts with a verb in a capital', () => {
    for (const { command, title, category } of contributes.commands) {
      expect(command).toMatch(/^customDiffusion\.[a-z]+[A-Za-z]*$/);
      expect(category).toBe('Custom Diffusion');
      expect(strings[title.slice(1, -1)]).toMatch(/^[A-Z][a-z]+/);
    }
  });

  test('every menu entry is a command there is', () => {
    for (const entries of Object.values(contributes.menus))
      for (const { command } of entries) expect(declared).toContain(command);
  });

  test('what starts the runtime is hidden where the workspace is not trusted', () => {
    const starting = [
      'fineTuneConcept',
      'fineTuneTogether',
      'inspectAttention',
      'generateWith',
      'resumeRun',
      'addModel',
      'downloadBaseModel',
      'resumeDownload',
    ];
    for (const [menu, entries] of Object.entries(contributes.menus))
      for (const { command, when } of entries)
        if (when !== 'false' && starting.some((name) => command === `customDiffusion.${name}`))
          expect(when, `${menu} ${command}`).toContain('isWorkspaceTrusted');
  });
});

describe('what is loaded at its first use', () => {
  const named = [
    ...Object.values(contributes.views).flatMap((views) => views.map(({ id }) => id)),
    ...contributes.customEditors.map(({ viewType }) => viewType),
    ...manifest.activationEvents.flatMap((event) => event.split('onWebviewPanel:')[1] ?? []),
  ];
  // By its name or by a constant.
  const constants = [...sources.matchAll(/const \w+ = '(customDiffusion\.\w+)'/g)].map(([, id]) => id!);
  const provided = [...sources.matchAll(/provided\.(?:tree|webviewView|editor|serializer)\(\s*([\w'.]+)/g)];

  test('is provided for every view, editor and panel of the manifest', () => {
    expect(named.length).toBe(9);
    expect(provided.length).toBe(named.length);
    const direct = provided.flatMap(([, name]) => (name!.startsWith("'") ? name!.slice(1, -1) : []));
    for (const id of named) expect([...direct, ...constants]).toContain(id);
  });
});

describe('strings', () => {
  const keys = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key!);

  test('every key has a text and every text is used', () => {
    expect([...new Set(keys)].sort()).toEqual(Object.keys(strings).sort());
  });

  test('nothing a user reads is written into the manifest itself', () => {
    const raw: string[] = [];
    JSON.stringify(contributes, (key, value: unknown) => {
      const shown = ['title', 'name', 'description', 'markdownDescription', 'displayName', 'contents'].includes(key);
      if (shown && typeof value === 'string' && !/^%.+%$/.test(value)) raw.push(value);
      return value;
    });
    expect(raw).toEqual([]);
  });
});

describe('settings', () => {
  const properties = contributes.configuration.properties;

  test('the manifest and the typed reader name the same ones', () => {
    const reader = readFileSync(join(root, 'src', 'configuration.ts'), 'utf8');
    const known = [...reader.matchAll(/^ {2}'([\w.]+)':/gm)].map(([, name]) => `customDiffusion.${name}`);
    expect(Object.keys(properties).sort()).toEqual(known.sort());
  });

  test.each(Object.entries(properties))('%s has a type, a default, a scope and a description', (_, property) => {
    expect(property).toHaveProperty('type');
    expect(property).toHaveProperty('default');
    expect(property).toHaveProperty('markdownDescription');
    expect(['machine', 'machine-overridable', 'resource', 'window']).toContain(property.scope);
    if (property.type === 'integer')
      expect(property).toMatchObject({ minimum: expect.any(Number), maximum: expect.any(Number) });
  });

  test('no workspace that is not trusted can name a program or a file to load', () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    for (const name of Object.keys(properties))
      if (/nodePath|folder|Base$/i.test(name)) expect(restricted, name).toContain(name);
    for (const name of restricted) expect(Object.keys(properties)).toContain(name);
  });
});

describe('files and versions', () => {
  test('every file the manifest names is there', () => {
    const files = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...Object.values(contributes.views).flatMap((views) => views.map(({ icon }) => icon)),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
      ...contributes.jsonValidation.map(({ url }) => url),
    ];
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test('the oldest editor we accept is the one whose types we compile against', () => {
    expect(manifest.engines.vscode).toBe(`^${manifest.devDependencies['@types/vscode']}`);
  });

  test('the editor starts us for restored panels only; everything else is by contribution', () => {
    const viewTypes = manifest.activationEvents.map((event) => event.replace('onWebviewPanel:', ''));
    for (const viewType of viewTypes) expect(sources.includes(`'${viewType}'`), viewType).toBe(true);
    expect(manifest.activationEvents).not.toContain('*');
  });

  test('one walkthrough of at most six steps', () => {
    expect(contributes.walkthroughs).toHaveLength(1);
    expect(contributes.walkthroughs[0]!.steps.length).toBeLessThanOrEqual(6);
  });

  test('no other editor opens weight files; pictures keep theirs', () => {
    const priorities = Object.fromEntries(
      contributes.customEditors.map(({ viewType, priority }) => [viewType, priority]),
    );
    expect(priorities).toEqual({ 'customDiffusion.attention': 'option', 'customDiffusion.weights': 'default' });
  });

  test('at most ten keywords', () => expect(manifest.keywords.length).toBeLessThanOrEqual(10));
});
