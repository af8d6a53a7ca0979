import { freezing } from "./pause.js";

/** `docker unpause`: lets the cgroup run again. */
export const unpause = freezing("unpause", "Let the processes of frozen containers go on");
