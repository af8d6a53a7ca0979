/** Names for containers that were given none: `adjective_surname`, as Docker makes them, from words of our own. */
const ADJECTIVES = `amber ample azure balmy blithe brave breezy bright brisk calm candid cheery civil clear clever
cosy crisp daring deft dewy eager earnest fabled fair fleet fond frank fresh gallant gentle gilded glad golden
hardy hearty honest humble jaunty jolly keen kindly lively loyal lucid mellow merry mighty mindful modest nimble
noble patient placid plucky polite prime proud quick quiet ready robust rosy sailing salty serene sharp shining
silver sincere sleek snug spry stable steady stellar sturdy sunny supple sure swift tender thrifty tidal tidy
trusty upbeat valiant vivid warm wary wise witty zesty`.split(/\s+/);

/** Ship builders, engineers, navigators, and people of computing. */
const SURNAMES = `anning archimedes armstrong backus bartik boole braun brunel bushnell cabot carson chapman cierva
clarke cook cousteau curie dijkstra drake earhart edison eiffel ellis engelbart euclid faraday fermi floyd franklin
fuller gagarin galileo goddard hamilton harrison hawking heaviside hero holberton hooke hopper hudson hypatia iverson
jemison johnson kahn kepler kernighan kilby knuth lamarr lamport lear leavitt liskov lovelace magellan mauchly
maxwell mccarthy meitner mercator minsky morse moore naur nansen newcomen newton noether noyce papert pascal perlman
polo pythagoras ramanujan ride ritchie rutherford sammet shackleton shannon slocum somerville stephenson tesla
thompson torvalds turing tye vespucci villard volta watt weeks wiles wilkes wright yonath zuse`.split(/\s+/);

/** A name that `taken` does not know; after some tries with a digit at its end. */
export function inventName(taken: (name: string) => boolean, random: () => number = Math.random): string {
  const pick = (words: string[]) => words[Math.floor(random() * words.length)]!;
  for (let attempt = 0; ; attempt++) {
    const name = `${pick(ADJECTIVES)}_${pick(SURNAMES)}${attempt < 6 ? "" : attempt - 6}`;
    if (!taken(name)) return name;
  }
}

const PATTERN = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

export function isContainerName(name: string): boolean {
  return PATTERN.test(name);
}
