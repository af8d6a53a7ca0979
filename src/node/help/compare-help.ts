/** Two clients' help pages side by side: all commands of the first, found by walking its pages. */

/** The page of `docker WORDS --help`. */
export type HelpPages = (words: readonly string[]) => Promise<string>;

export interface ComparedPage {
  /** Without `docker`; empty for its own page. */
  command: string;
  equal: boolean;
  /** How many flags the first client's page has. */
  flags: number;
  /** Those of them that the second's page has not. */
  absent: string[];
}

/** Parents before their children, in the order of the pages. */
export async function comparePages(
  theirs: HelpPages,
  ours: HelpPages,
  words: readonly string[] = [],
): Promise<ComparedPage[]> {
  const [page, own] = await Promise.all([theirs(words), ours(words)]);
  const flags = flagsOn(page);
  const known = new Set(flagsOn(own));
  const compared: ComparedPage = {
    command: words.join(" "),
    equal: page === own,
    flags: flags.length,
    absent: flags.filter((flag) => !known.has(flag)),
  };
  const children: ComparedPage[][] = [];
  for (const name of commandsOn(page)) children.push(await comparePages(theirs, ours, [...words, name]));
  return [compared, ...children.flat()];
}

function flagsOn(page: string): string[] {
  return [...page.matchAll(/^ {2}(?:-\w, | {4})--([\w-]+)/gm)].map(([, name]) => name!);
}

function commandsOn(page: string): string[] {
  const lists = [...page.matchAll(/^(?:\w+ )?Commands:\n((?: {2}.*\n)+)/gm)];
  return lists.flatMap(([, list]) => [...list!.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name!));
}
