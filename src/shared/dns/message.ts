/** Questions to a name server and answers to them: as much of RFC 1035 as names of containers need. */

export const TYPE_A = 1;
const CLASS_IN = 1;
const HEADER_BYTES = 12;
const QUESTIONS_OFFSET = 4;

/** Of the header: an answer; of our own names; what was asked for may be; nothing further is asked. */
const FLAGS_ANSWER = 0x8000;
const FLAG_RECURSION_DESIRED = 0x0100;
const FLAG_RECURSION_AVAILABLE = 0x0080;
const OPCODE = 0x7800;

export const ResponseCode = { none: 0, malformed: 1, noSuchName: 3, notImplemented: 4 } as const;

/** Answers are not kept: containers come and go. */
const TTL_SECONDS = 0;
/** A name that stands where the question has it. */
const NAME_OF_QUESTION = [0xc0, HEADER_BYTES];

export interface Question {
  /** Lower case, without the last dot. */
  name: string;
  type: number;
}

/** The one question of a message; undefined for what is none. */
export function readQuestion(message: Uint8Array): Question | undefined {
  const end = endOfQuestion(message);
  if (end === undefined) return undefined;
  const labels: string[] = [];
  for (let at = HEADER_BYTES; message[at] !== 0; at += message[at]! + 1)
    labels.push(String.fromCharCode(...message.subarray(at + 1, at + 1 + message[at]!)));
  return { name: labels.join(".").toLowerCase(), type: message[end - 3]! };
}

/** An answer to `message`: IPv4 addresses, or a code that says why there are none. Undefined for what asks nothing. */
export function answerTo(message: Uint8Array, code: number, addresses: readonly Uint8Array[]): Uint8Array | undefined {
  if (message.length < HEADER_BYTES || (flagsOf(message) & FLAGS_ANSWER) !== 0) return undefined;
  const end = endOfQuestion(message);
  const question = end === undefined ? [] : message.subarray(HEADER_BYTES, end);
  const flags = FLAGS_ANSWER | FLAG_RECURSION_AVAILABLE | (flagsOf(message) & (OPCODE | FLAG_RECURSION_DESIRED)) | code;
  const records = addresses.flatMap((address) => [
    ...NAME_OF_QUESTION,
    ...[0, TYPE_A, 0, CLASS_IN],
    ...[0, 0, 0, TTL_SECONDS],
    ...[0, address.length, ...address],
  ]);
  return Uint8Array.of(
    ...message.subarray(0, 2),
    ...[flags >> 8, flags & 0xff],
    ...[0, end === undefined ? 0 : 1, 0, addresses.length, 0, 0, 0, 0],
    ...question,
    ...records,
  );
}

/** Where the question's type and class end; undefined where there is not one question, of the internet, in plain words. */
function endOfQuestion(message: Uint8Array): number | undefined {
  if (message[QUESTIONS_OFFSET] !== 0 || message[QUESTIONS_OFFSET + 1] !== 1) return undefined;
  let at = HEADER_BYTES;
  while (message[at] !== undefined && message[at] !== 0) {
    if (message[at]! > 63) return undefined;
    at += message[at]! + 1;
  }
  const end = at + 5;
  const isWhole =
    message.length >= end && message[at + 3] === 0 && message[at + 4] === CLASS_IN && message[at + 1] === 0;
  return isWhole ? end : undefined;
}

function flagsOf(message: Uint8Array): number {
  return (message[2]! << 8) | message[3]!;
}
