import { freezing } from "./pause.js";

/** `docker unpause`: lets the cgroup run again. */
export const unpause = freezing("unpause", "Unpause all processes within one or more containers");
