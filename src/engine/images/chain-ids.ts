import type { ChainID, DiffID } from "../../shared/oci/digest.js";
import { encodeUtf8 } from "../../shared/text/utf8.js";
import { digestOf } from "../content/digest-of.js";

/** One ChainID for each layer, bottom first (image-spec config.md, "Layer ChainID"). */
export async function chainIDs(diffIDs: readonly DiffID[]): Promise<ChainID[]> {
  const chain: ChainID[] = [];
  for (const diffID of diffIDs) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffID : await digestOf(encodeUtf8(`${below} ${diffID}`)));
  }
  return chain;
}
