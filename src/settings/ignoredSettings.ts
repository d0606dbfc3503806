import * as z from 'zod';

/** Tokens of a settings file that may hold what looks like something else: texts are kept, comments are not. */
const textOrComment = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

const manifest = z.object({
  contributes: z.object({
    configuration: z.object({ properties: z.record(z.string(), z.object({ scope: z.string().optional() })) }),
  }),
});

/** The settings of a manifest that the editor takes only from the user, never from a workspace. */
export function machineSettings(packageJson: unknown): string[] {
  const parsed = manifest.safeParse(packageJson);
  const properties = parsed.data?.contributes.configuration.properties ?? {};
  return Object.keys(properties).filter((name) => properties[name]!.scope === 'machine');
}

/** Which of these settings a workspace's settings file sets; comments in it are no settings. */
export function settingsIn(text: string, names: readonly string[]): string[] {
  const withoutComments = text.replace(textOrComment, (_, kept?: string) => kept ?? ' ');
  return names.filter((name) => new RegExp(`"${name.replaceAll('.', '\\.')}"\\s*:`).test(withoutComments));
}
