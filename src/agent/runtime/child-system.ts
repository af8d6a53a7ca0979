import type { System } from "../system/system.js";

/** The kernel as a child uses it: what is worth showing goes through `traced`, looking things up through `quiet`. */
export interface ChildSystem {
  traced: System;
  quiet: System;
}
