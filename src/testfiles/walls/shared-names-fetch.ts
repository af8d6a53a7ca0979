// Must not compile in the shared environment: it is pure ECMAScript.
export const response = fetch("/");
