import { Firefox } from "./firefox.js";
import { LOOK_MS, REST_MS, type Visit } from "./visit.js";
import type { Wire } from "./wire.js";

const PROMPT = `document.querySelector(".xterm-rows")?.textContent.includes("#")`;
const BUTTON = `document.querySelector("drydock-build").shadowRoot.querySelector("button.primary")`;
const OUTCOME = `document.querySelector("drydock-build").shadowRoot.querySelector("[role=status]").textContent`;

/** As `visit`; Firefox does not tell of long tasks. @param path of the Firefox. */
export async function visitInFirefox(path: string, profile: string, wire: Wire): Promise<Visit> {
  const firefox = await Firefox.open(path, profile);
  try {
    const bytesBefore = wire.bytes;
    const started = performance.now();
    await firefox.navigate(wire.address);
    await firefox.until(PROMPT);
    const promptMs = performance.now() - started;
    const promptBytes = wire.bytes - bytesBefore;
    await rest(LOOK_MS);
    const buildMs = await build(firefox);
    await firefox.until(`document.querySelector(".view-lines") !== null`);
    await rest(REST_MS);
    const visited = { promptMs, promptBytes, buildMs, allBytes: wire.bytes - bytesBefore };
    await firefox.close();
    return visited;
  } finally {
    firefox.dispose();
  }
}

async function build(firefox: Firefox): Promise<number> {
  const clicked = performance.now();
  await firefox.evaluate(`${BUTTON}.click()`);
  const outcome = await firefox.until<string>(`/^(Built|Failed)/.test(${OUTCOME}) && ${OUTCOME}`);
  if (!outcome.startsWith("Built")) throw new Error(`the page's build: ${outcome}`);
  return performance.now() - clicked;
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
