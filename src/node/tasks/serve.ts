/** Serves the page on one fixed port, for Playwright. */
import { prepare } from "../prepare.js";
import { serveSite } from "../serve-site.js";

const { site } = await prepare({ site: true });
const { address } = await serveSite(site!, { port: Number(process.argv[2]), strictPort: true });
console.log(address);
