/** `npm start`: makes what is missing, then serves the page. `-- --port N`, `-- --host` (other machines may connect). */
import { parseArgs } from "node:util";
import { prepare } from "../prepare.js";
import { policyHeaders, serveSite } from "../serve-site.js";
import { printSteps, seconds } from "../steps.js";

const { values } = parseArgs({
  options: { port: { type: "string", default: "4173" }, host: { type: "boolean", default: false } },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error(`drydock: invalid port "${values.port}": give a number from 1 to 65535`);
  process.exit(1);
}

const started = performance.now();
try {
  const { site } = await prepare({ site: true, onStep: printSteps((line) => console.log(line)) });
  const { address } = await serveSite(site!, {
    port,
    strictPort: false,
    host: values.host,
    headers: policyHeaders(site!),
  });
  console.log(
    `\nready in ${seconds(performance.now() - started)}\n\n  ${address}\n\nIts files are in ${site}. Ctrl-C ends it.`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
