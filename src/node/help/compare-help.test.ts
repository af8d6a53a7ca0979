import { expect, test } from "vitest";
import { REFUSED_GROUPS, REFUSED_SWARM_GROUPS } from "../../cli/refused-groups.js";
import { comparePages, type HelpPages } from "./compare-help.js";
import { ownHelp } from "./own-help.js";
import { stockClientVersion, stockHelp } from "./stock-client.js";

const PAGES: Record<string, string> = {
  "": "Usage\n\nCommands:\n  run         Run\n\nSwarm Commands:\n  swarm       Manage\n\nOptions:\n  -D, --debug   Say\n",
  run: "Usage\n\nOptions:\n      --rm             Remove\n  -m, --memory bytes   Limit\n",
  swarm: "Usage\n",
};

test("pages are walked from the first client's lists, and flags counted", async () => {
  const theirs: HelpPages = async (words) => PAGES[words.join(" ")]!;
  const ours: HelpPages = async (words) => (words[0] === "run" ? "Options:\n      --rm\n" : theirs(words));
  expect(await comparePages(theirs, ours)).toEqual([
    { command: "", equal: true, flags: 1, absent: [] },
    { command: "run", equal: false, flags: 2, absent: ["memory"] },
    { command: "swarm", equal: true, flags: 0, absent: [] },
  ]);
});

/** Their commands are refused without a page of their own; two of the groups' own pages are Docker's prose. */
const REFUSED = Object.keys({ ...REFUSED_GROUPS, ...REFUSED_SWARM_GROUPS });
const isRefused = (command: string) =>
  REFUSED.some((group) => command.startsWith(`${group} `)) || command === "manifest" || command === "trust";

test.skipIf(stockClientVersion() !== "28.2.2")(
  "every page equals the stock client's (skipped where there is no docker 28.2.2 on PATH to compare with)",
  { timeout: 120_000 },
  async () => {
    const pages = await comparePages(stockHelp, ownHelp);
    expect(pages.filter(({ command, equal }) => !equal && !isRefused(command))).toEqual([]);
    expect(pages.length).toBeGreaterThan(180);
  },
);
