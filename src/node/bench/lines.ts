/**
 * What is measured, as lines of a shell. They are the same everywhere; the shell's variables say what differs:
 * `$CONTEXT` BigFile's folder, `$REMOTE` what `docker pull` is given for busybox, `$IMAGES` what is to be gone before.
 */
export const GUEST_VARIABLES = "CONTEXT=. REMOTE=busybox IMAGES='big busybox'";

export const PULL = "docker pull -q $REMOTE";
export const RUN = "docker run --rm --network none busybox true";
export const RUN_BRIDGED = "docker run --rm busybox true";
export const PS = "docker ps";
export const START_BOX = "docker run -d --name box --network none busybox sleep 1d";
export const EXEC = "docker exec box true";
export const REMOVE_BOX = "docker rm -f box";
export const BIGFILE = "docker build -q -t big $CONTEXT";
export const BIGFILE_UNCACHED = "docker build --no-cache -q -t big $CONTEXT";
export const REMOVE_IMAGES = "docker rmi -f $IMAGES";
