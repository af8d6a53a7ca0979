/**
 * The agent's end of the channel: the second port of the virtio console, as a plain port and not as a terminal. The
 * number before the p is the device's among the virtio devices: 9P comes first. See decision 0003.
 */
export const CHANNEL_DEVICE = "/dev/vport1p1";
