// Must not compile in the agent's environment: there is no page in the guest.
export const title = document.title;
