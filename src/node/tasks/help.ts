/** `npm run help`: the table of help pages against those of the stock `docker` client on PATH. */
import { comparePages } from "../help/compare-help.js";
import { ownHelp } from "../help/own-help.js";
import { stockClientVersion, stockHelp } from "../help/stock-client.js";

const version = stockClientVersion();
if (version === undefined) throw new Error("there is no docker client on PATH to compare with");
const pages = await comparePages(stockHelp, ownHelp);
const count = (of: (page: (typeof pages)[number]) => number) => pages.reduce((sum, page) => sum + of(page), 0);

console.log(`| docker ${version} | page | flags | absent |\n|---|---|---|---|`);
for (const { command, equal, flags, absent } of pages)
  console.log(`| docker ${command} | ${equal ? "equal" : "differs"} | ${flags} | ${absent.join(" ")} |`);
console.log(
  `\n${count(({ equal }) => Number(equal))} of ${pages.length} pages equal; ` +
    `${count(({ absent }) => absent.length)} of ${count(({ flags }) => flags)} flags absent`,
);
