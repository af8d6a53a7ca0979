/**
 * Frames on the channel, the byte stream between the page and the agent.
 *
 *     u32 length   bytes after this field: 5 + payload, little-endian
 *     u8  kind     one of FrameKind
 *     u32 id       request id, or stream id; 0 where neither applies
 *     …   payload  UTF-8 JSON for hello (Hello), request ([command, params]), reply (result), failure
 *                  (AgentFailure) and event ([event, value]), with one member as bytes behind it where there is one
 *                  (json-payload.ts); raw bytes for data; u32 bytes granted for credit; UTF-8 reason for reset and
 *                  cancel; nothing for end
 *
 * Starting. A side that starts sends `hello`; a side that gets one sends its own back with `answer: true`. A hello
 * that is no answer says that its sender has started anew (a page that restored a saved state, an agent that was
 * started again): the receiver rejects its calls under way, resets its streams and drops the replies it still owes.
 * What arrives before the other side's first hello was meant for a predecessor and is dropped. A state is therefore
 * saved only between frames.
 *
 * Streams. The writer ends a stream once, with `end` or `reset`; that is the last frame it sends on it. The reader may
 * `cancel`; a writer that had not ended answers with `end`. Each stream starts with a credit of STREAM_WINDOW_BYTES.
 * A page that gets data for a stream that it has given up cancels it again.
 *
 * A frame that is too long, of unknown kind or too short, or data beyond the window, is a ProtocolError, after which
 * the channel cannot be trusted and is given up.
 */
export const FrameKind = {
  hello: 1,
  request: 2,
  reply: 3,
  failure: 4,
  event: 5,
  data: 6,
  end: 7,
  credit: 8,
  reset: 9,
  cancel: 10,
} as const;

export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export interface Frame {
  kind: FrameKind;
  id: number;
  payload: Uint8Array;
}

/** Bytes of the header, length field included. */
export const HEADER_BYTES = 9;
/** Most bytes of payload in one frame. */
export const MAX_PAYLOAD_BYTES = 1 << 20;
/** Most bytes of payload in one data frame, so that a long stream cannot hold up a short reply. */
export const MAX_DATA_BYTES = 16384;
/** Bytes that a stream's sender may have under way before the receiver grants more. */
export const STREAM_WINDOW_BYTES = 65536;
