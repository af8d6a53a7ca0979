import { test } from "vitest";
import { fuzzSeeds } from "../../shared/testfiles/fuzz-seeds.js";
import { fuzzOne } from "./server.fuzz.js";

test("requests right and wrong, seeds 1 to 300", () => fuzzSeeds(fuzzOne, 1, 300));
