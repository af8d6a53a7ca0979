/** Farther than this and a suggestion would only confuse. */
const MAX_DISTANCE = 2;

/** ` (did you mean RUN?)` when one of `known` is near `word`, else "". The answer takes the word's case. */
export function suggestion(word: string, known: Iterable<string>): string {
  const best = nearest(word, known, (text) => text.toLowerCase());
  return best === undefined ? "" : ` (did you mean ${inCaseOf(word, best)}?)`;
}

/** The first of `known` that is nearest to `word`, unless it is one of them or none is near. */
export function nearest(word: string, known: Iterable<string>, folded = (text: string) => text): string | undefined {
  let best: string | undefined;
  let bestDistance = MAX_DISTANCE + 1;
  for (const candidate of known) {
    const distance = editDistance(folded(word), folded(candidate));
    if (distance === 0) return undefined;
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function inCaseOf(word: string, text: string): string {
  if (word === word.toLowerCase()) return text.toLowerCase();
  return word === word.toUpperCase() ? text.toUpperCase() : text;
}

/** Levenshtein's. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
